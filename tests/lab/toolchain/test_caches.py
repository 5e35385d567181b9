"""Go's caches go when nobody builds any more."""

import subprocess
import sys

import pytest

from lab.toolchain.caches import go_cache, go_caches, remove_go_caches, used_go_caches
from tests.waiting import patience

_BUILDER = """
import sys
from lab.toolchain.caches import used_go_caches
with used_go_caches():
    print("builds", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    """One that Go left, read-only."""
    monkeypatch.setenv("STAGECOACH_CACHE", str(tmp_path))
    path = tmp_path / "go" / "mod" / "example.test" / "go.mod"
    path.parent.mkdir(parents=True)
    path.write_text("module example.test\n" * 5000)
    path.parent.chmod(0o555)
    return path


@pytest.fixture
def builder():
    """Another process that builds until its input ends."""
    command = [sys.executable, "-c", _BUILDER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == "builds\n"
        yield child
        child.stdin.close()


def test_they_go_after_the_last_program(module, capsys):
    with go_caches(), used_go_caches():
        assert module.exists()
    assert not go_cache().exists()
    assert "not needed any more" in capsys.readouterr().err


def test_a_program_alone_leaves_them_to_the_next(module):
    with used_go_caches():
        pass
    assert module.exists()


def test_they_stay_while_another_block_runs(module):
    with go_caches():
        with go_caches():
            pass
        assert module.exists()


def test_they_stay_while_another_process_builds(module, builder, capsys):
    with go_caches():
        pass
    assert module.exists()
    assert remove_go_caches() == 0
    builder.stdin.close()
    builder.wait(timeout=patience(30))
    assert remove_go_caches() > 0
    assert not module.exists()
    assert capsys.readouterr().err == ""


def test_an_error_keeps_them(module):
    """The next build goes on where this one stood."""

    def fails():
        with go_caches():
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert module.exists()


def test_a_removal_that_was_cut_off_is_taken_up(module, tmp_path):
    (tmp_path / "go").rename(tmp_path / "go-1.gone")
    assert remove_go_caches() > 0
    assert not list(tmp_path.glob("go*"))
