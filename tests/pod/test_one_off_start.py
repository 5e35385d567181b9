"""What starts a person's command in its pod."""

import os
import signal
import subprocess
import sys

from pod import FOLDER
from tests.waiting import patience, wait


def start(folder, *command):
    return subprocess.Popen(
        [sys.executable, str(FOLDER / "one_off_start.py"), *command],
        env={**os.environ, "STAGECOACH_RUN": str(folder / "run")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_leaves_the_code(tmp_path):
    assert start(tmp_path, "sh", "-c", "exit 9").wait(patience(30)) == 9
    assert (tmp_path / "run" / "exit").read_text() == "9"


def test_a_program_that_is_not_there(tmp_path):
    child = start(tmp_path, "mange.py")
    assert child.wait(patience(30)) == 127
    assert child.stderr.read() == "stagecoach: mange.py can't be started: No such file or directory\n"
    assert (tmp_path / "run" / "exit").read_text() == "127"


def test_one_that_may_not_be_run(tmp_path):
    assert start(tmp_path, str(tmp_path)).wait(patience(30)) == 126


def test_ctrl_c_is_the_commands(tmp_path):
    """A shell that asks for a line lives on; who started it as well."""
    ready = tmp_path / "ready"
    script = "import pathlib, signal, sys; pathlib.Path(sys.argv[1]).touch(); signal.pause()"
    child = start(tmp_path, sys.executable, "-c", script, str(ready))
    wait(ready.exists, "the command")
    child.send_signal(signal.SIGINT)
    assert child.poll() is None
    child.send_signal(signal.SIGTERM)
    assert child.wait(patience(30)) == 143
