"""The Pulumi CLI is asked to stop, and never killed in an update; a stand-in on PATH plays it."""

import os
import re
import signal
import threading
import time

import pytest

from infra.delivery import engine
from infra.delivery.guarded_update import guarded_update
from infra.errors import RefusedError
from tests.delivery.stand_in import put_first
from tests.delivery.test_backend import SHOP, pulumi, stacks
from tests.preflight.test_recheck import exported
from tests.updates.preview.previews import document
from tests.waiting import wait
from tests.workflows.reading import workflow

__all__ = ["pulumi"]
# Runs until it is asked to stop; then it needs a moment to write its state, as the engine does.
_SLOW = """#!{python}
import os, signal, sys, time
from pathlib import Path

folder, asked = Path(os.environ["PULUMI_STANDIN"]), []
signal.signal(signal.SIGINT, lambda *_: asked.append(1))
(folder / "started").touch()
while not asked:
    time.sleep(0.01)
time.sleep(0.6)
(folder / "saved").write_text(str(len(asked)))
sys.exit(255)
"""


@pytest.fixture
def slow(tmp_path, monkeypatch):
    put_first(tmp_path, monkeypatch, _SLOW)
    monkeypatch.setenv("PULUMI_STANDIN", str(tmp_path))
    return tmp_path


def when_started(folder, action):
    """On a thread: the test itself waits for the child."""

    def act():
        wait((folder / "started").exists, "the engine's start")
        action()

    threading.Thread(target=act, daemon=True).start()


class TestStop:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_the_engine_writes_its_state_first(self, slow, number):
        """Ctrl+C, and a job that is cancelled: asked once, waited for, and nothing else is begun afterwards."""
        when_started(slow, lambda: os.kill(os.getpid(), number))
        with pytest.raises(KeyboardInterrupt):
            engine.run("up")
        assert (slow / "saved").read_text() == "1"

    def test_both_of_a_cancelled_job_are_one(self, slow):
        """GitHub sends SIGTERM some seconds after SIGINT: a second one to the engine would end it at once."""

        def cancel():
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.1)
            os.kill(os.getpid(), signal.SIGTERM)

        when_started(slow, cancel)
        with pytest.raises(KeyboardInterrupt):
            engine.run("up")
        assert (slow / "saved").read_text() == "1"

    def test_the_handlers_are_put_back(self, slow):
        before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
        when_started(slow, lambda: os.kill(os.getpid(), signal.SIGINT))
        with pytest.raises(KeyboardInterrupt):
            engine.run("up")
        assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


class TestTime:
    def test_an_update_that_takes_too_long_is_not_killed(self, slow, capsys):
        assert engine.run("up", seconds=1) == 255
        assert (slow / "saved").exists()
        assert "was asked to stop: it finishes what it has begun" in capsys.readouterr().err

    def test_it_is_asked_before_the_job_is_killed(self):
        """With time left for the engine to end."""
        minutes = workflow("deploy.yml")["jobs"]["update"]["timeout-minutes"]
        assert minutes * 60 - engine.LONGEST_SECONDS >= 15 * 60

    def test_a_preview_that_does_not_end_is_said(self, slow, monkeypatch):
        monkeypatch.setattr(engine, "_ANSWER_SECONDS", 0.5)
        with pytest.raises(RefusedError, match="the engine does not answer"):
            engine.ask("preview")


@pytest.mark.parametrize("call", [engine.ask, engine.run])
def test_no_program(call, monkeypatch, tmp_path):
    """A sentence, where it was "pulumi: can't be used ... Name another file or folder"."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RefusedError, match=re.escape("pulumi: is not on PATH. Install the Pulumi CLI")):
        call("whoami")


class TestMerge:
    def test_a_backend_that_does_not_answer_is_no_missing_stack(self, pulumi, capsys):
        """Who then follows the advice of `pulumi stack init` builds a second, empty shop."""
        pulumi.answer("stack_ls", "error: PULUMI_ACCESS_TOKEN must be set for login\n", code=255)
        assert guarded_update(SHOP) == 1
        said = capsys.readouterr().err
        assert "PULUMI_ACCESS_TOKEN must be set for login" in said
        assert "stack init" not in said

    @pytest.mark.parametrize("preview", [document(), "{}"])
    def test_a_plan_that_cannot_be_saved_is_no_update(self, pulumi, capsys, preview):
        """A full disk: the preview itself is whole, and only the exit code tells."""
        pulumi.answer("stack_ls", stacks("stage2"))
        pulumi.answer("stack_export", exported())
        pulumi.answer("preview", preview, code=255)
        assert guarded_update(SHOP) == 1
        assert [call[0] for call in pulumi.calls if call[0] == "up"] == []
        assert "the engine's preview did not end well; no resource was changed" in capsys.readouterr().err
