"""How long a test waits: by one figure of this machine."""

import os
import subprocess
import sys

import pytest

from tests import waiting


@pytest.fixture
def machine(monkeypatch):
    """A machine that takes so many seconds for ten million additions."""

    def machine(seconds):
        monkeypatch.delenv("STAGECOACH_SLOWNESS", raising=False)
        monkeypatch.setattr(waiting, "_add", lambda: seconds / 10)
        monkeypatch.setenv("STAGECOACH_SLOWNESS", "")  # so that it is taken back afterwards
        monkeypatch.delenv("STAGECOACH_SLOWNESS")

    return machine


@pytest.mark.parametrize(("seconds", "most"), [(0.5, 60), (0.1, 60), (1.75, 210)])
def test_patience_grows_with_a_slow_machine(machine, seconds, most):
    """And never shrinks."""
    machine(seconds)
    assert waiting.patience(60) == pytest.approx(most)


def test_it_is_measured_once(machine):
    """The processes that a run starts take over its figure, also when the machine is busy by then."""
    machine(1.0)
    assert waiting.slowness() == 2.0
    code = "from tests import waiting; waiting._add = lambda: 9; print(waiting.slowness())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert done.stdout == "2.0\n"


class TestWait:
    def test_returns_the_first_true_answer(self):
        answers = iter([None, OSError("not yet"), "", 7])

        def check():
            answer = next(answers)
            if isinstance(answer, OSError):
                raise answer
            return answer

        assert waiting.wait(check, "seven") == 7

    def test_says_what_did_not_come(self):
        with pytest.raises(AssertionError, match=r"a bus, but a tram: not within 0 s"):
            waiting.wait(lambda: None, lambda: "a bus, but a tram", seconds=0)

    def test_another_error_is_not_waited_for(self):
        with pytest.raises(KeyError):
            waiting.wait(lambda: {}["none"], "a key")
