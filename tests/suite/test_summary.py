"""The end of `make test`: what stands in its last lines."""

import sys

import pytest

from tests.run import main
from tests.suite.part import Part, programs

_TESTS = """
import pytest

class TestSum:
    @pytest.mark.parametrize("one", [1, 2])
    def test_is_two(self, one):
        assert one + one == 2, "one and one\\nare two"

@pytest.fixture
def broken():
    raise OSError("no port " + "is free " * 100)

def test_asks(broken):
    pass

def test_waits():
    pytest.skip("no server")
"""


@pytest.fixture
def part(tmp_path):
    """Makes a part of its own from the text of its tests."""

    def part(text):
        (tmp_path / "test_it.py").write_text(text)
        where = (f"--rootdir={tmp_path}", f"--confcutdir={tmp_path}", str(tmp_path))
        command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *where)
        return Part(name="sums", command=command)

    return part


def test_the_last_lines_name_what_failed(part, monkeypatch, capsys):
    monkeypatch.delenv("CI", raising=False)
    assert main(((part(_TESTS),),)) == 1
    counted, *red = capsys.readouterr().out.splitlines()[-3:]
    assert counted == "1 passed, 2 failed, 1 skipped"
    assert red[0].startswith("failed: test_it.TestSum::test_is_two[2]: AssertionError: one and one are two assert")
    assert red[1].startswith('failed: test_it::test_asks: failed on setup with "OSError: no port is free is free')
    assert red[1].endswith(" ...")
    assert len(red[1]) < 400


def test_a_part_without_tests_counts_as_one(capsys):
    nothing = Part(name="format", command=(sys.executable, "-c", ""))
    lint = Part(name="lint", command=(sys.executable, "-c", "raise SystemExit(3)"))
    assert main(((nothing,), (lint,))) == 1
    out = capsys.readouterr().out
    assert "format: ok" in out
    assert "lint: FAILED (exit code 3)" in out
    assert out.splitlines()[-1] == "0 passed, 1 failed, 0 skipped"


def test_a_skipped_test_is_an_error_under_ci(part, monkeypatch, capsys):
    monkeypatch.setenv("CI", "true")
    assert main(((part("import pytest\ndef test_waits(): pytest.skip('no server')\n"),),)) == 1
    said = capsys.readouterr().out.splitlines()[-1]
    assert said == "a skipped test or a part that is left out is an error under CI"


class TestLeftOut:
    """A part that this machine can't run: as an ordinary user, those of images and of real servers."""

    STEPS = ((Part(name="images", command=(sys.executable, "-c", "raise SystemExit(3)"), needs=lambda: "needs root"),),)

    def test_is_named_and_no_failure(self, monkeypatch, capsys):
        monkeypatch.delenv("CI", raising=False)
        assert main(self.STEPS) == 0
        assert capsys.readouterr().out.splitlines()[-2:] == [
            "left out: images: needs root",
            "0 passed, 0 failed, 0 skipped",
        ]

    def test_is_an_error_under_ci(self, monkeypatch):
        """There the machine is to be one that runs everything."""
        monkeypatch.setenv("CI", "true")
        assert main(self.STEPS) == 1


def test_programs_that_are_missing():
    assert programs("sh")() is None
    assert programs("sh", "no-such-program")() == "missing: no-such-program (`make programs` says what to install)"
