"""A builder's command that fails says why."""

import pytest

from infra.errors import StagecoachError
from lab.images.run import run


def test_the_output():
    assert run(["sh", "-c", "echo one; echo two >&2"], "a thing") == "one\n"


def test_a_failure_shows_the_last_lines():
    with pytest.raises(StagecoachError, match="a thing could not be made") as caught:
        run(["sh", "-c", "seq 100; echo broken >&2; exit 3"], "a thing")
    text = str(caught.value)
    assert "sh = exit 3" in text
    assert "broken" in text
    assert "\n    80\n" not in text


def test_a_full_disk_has_its_own_advice():
    with pytest.raises(StagecoachError, match="Free some space"):
        run(["sh", "-c", "echo 'write: No space left on device' >&2; exit 1"], "a thing")


def test_a_missing_program():
    with pytest.raises(StagecoachError, match=r"no-such-program: is needed to make images. `sh tools/debian.sh`"):
        run(["no-such-program"], "a thing")


def test_a_stalled_program(monkeypatch):
    monkeypatch.setattr("lab.images.run._SECONDS", 0.2)
    with pytest.raises(StagecoachError, match="did not end"):
        run(["sleep", "30"], "a thing")
