"""The first process of a command's pod, and what starts the command beside it."""

import os
import signal
import subprocess
import sys

import pytest

from pod import FOLDER
from tests.waiting import patience, wait


class Pod:
    """Both processes, with a folder in place of the container's own."""

    def __init__(self, folder):
        self.folder = folder / "run"
        self.environment = {**os.environ, "STAGECOACH_RUN": str(self.folder)}
        self.children = []

    def hold(self, silence):
        return self._start([sys.executable, str(FOLDER / "one_off_hold.py"), str(silence)])

    def start(self, *command):
        return self._start([sys.executable, str(FOLDER / "one_off_start.py"), *command])

    def _start(self, command):
        ends = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        made = subprocess.Popen(command, env=self.environment, text=True, **ends)
        self.children.append(made)
        return made

    def await_file(self, name):
        wait((self.folder / name).exists, name)


@pytest.fixture
def pod(tmp_path):
    made = Pod(tmp_path)
    yield made
    for one in made.children:
        one.kill()
        one.communicate()


@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 5", 5), ("kill -9 $$", 137)])
def test_the_pods_code_is_the_commands(pod, script, code):
    hold = pod.hold(60)
    assert pod.start("sh", "-c", script).wait(patience(30)) == code
    assert hold.wait(patience(30)) == code


def test_silence_ends_both(pod):
    """Counted from the first beat on; the command gets SIGTERM first."""
    hold = pod.hold(0.5)
    command = pod.start("sh", "-c", "trap 'echo bye; exit 4' TERM; while :; do sleep 0.05; done")
    pod.await_file("starter")
    hold.stdin.write("\n")
    hold.stdin.flush()
    assert hold.wait(patience(60)) == 75
    assert "nobody was there for 0.5 s" in hold.stderr.read()
    assert command.wait(patience(30)) == 4
    assert command.stdout.read() == "bye\n"


def test_without_a_first_beat_nothing_ends(pod):
    hold = pod.hold(0.1)
    command = pod.start("sleep", "1")
    assert command.wait(patience(30)) == 0
    assert hold.wait(patience(30)) == 0


def test_a_pod_that_is_deleted(pod):
    """SIGTERM reaches the command, which may clean up."""
    hold = pod.hold(60)
    command = pod.start("sh", "-c", "trap 'echo bye; exit 4' TERM; while :; do sleep 0.05; done")
    pod.await_file("starter")
    hold.send_signal(signal.SIGTERM)
    assert hold.wait(patience(60)) == 143
    assert command.wait(patience(30)) == 4


def test_a_pod_without_a_command(pod):
    hold = pod.hold(60)
    wait(pod.folder.exists, "the first process")
    hold.send_signal(signal.SIGTERM)
    assert hold.wait(patience(30)) == 143
