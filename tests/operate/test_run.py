"""A command in a pod of the app's: streams, exit codes, and nothing that stays."""

import contextlib
import json
import os
import pty
import signal
import sys

import pytest

from infra.operate.run_pod import OWNER, PROCESS, this_owner
from tests.waiting import patience, wait


def python(text):
    return (sys.executable, "-c", text)


class TestStreams:
    def test_input_output_and_exit_code(self, cluster):
        """Through pipes; what the command prints is all of standard output."""
        done = cluster.run(*python("import sys; print(sys.stdin.read()[::-1]); sys.exit(3)"), text="abc")
        assert (done.stdout, done.returncode) == ("cba\n", 3), done.stderr
        assert cluster.pod is None

    def test_the_end_of_input_arrives(self, cluster):
        done = cluster.run("cat", text="")
        assert (done.stdout, done.returncode) == ("", 0), done.stderr

    def test_options_are_the_commands(self, cluster):
        """Also one that this program has."""
        done = cluster.run(*python("import sys; print(sys.argv[1:])"), "--no-color", "--help", "-s")
        assert done.stdout == "['--no-color', '--help', '-s']\n", done.stderr

    def test_a_program_that_is_not_there(self, cluster):
        done = cluster.run("mange.py")
        assert done.returncode == 127
        assert "stagecoach: mange.py can't be started: No such file or directory" in done.stderr

    def test_a_terminal(self, cluster):
        """Where this program has one, so has the command; a pipe stays one."""
        ours, theirs = pty.openpty()
        child = cluster.start(
            *("run", f"--kubeconfig={cluster.kubeconfig}", "--"),
            *python("import sys; print(sys.stdin.isatty(), input('name? ')[::-1])"),
            **dict.fromkeys(("stdin", "stdout", "stderr"), theirs),
        )
        os.close(theirs)
        os.write(ours, b"ann\n")
        text = b""
        with contextlib.suppress(OSError):  # nobody has the other side any more
            while more := os.read(ours, 1000):
                text += more
        assert b"name? " in text
        assert b"True nna" in text
        assert child.wait(patience(30)) == 0
        [command] = [words for words in cluster.asked() if words[0] == "exec"]
        assert "--tty" in command
        os.close(ours)

    def test_no_terminal_for_a_pipe(self, cluster):
        cluster.run("true")
        [command] = [words for words in cluster.asked() if words[0] == "exec"]
        assert "--stdin" in command
        assert "--tty" not in command


class TestNothingStays:
    @pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
    def test_a_command_that_is_ended(self, cluster, number, code):
        """Ctrl+C, a kill, a terminal that is closed: command and pod end, too."""
        child = cluster.start("run", f"--kubeconfig={cluster.kubeconfig}", "--", "sleep", "600")
        cluster.await_command()
        os.killpg(child.pid, number)
        out, err = child.communicate(timeout=patience(60))
        assert (child.returncode, cluster.pod) == (code, None), out + err
        assert "Traceback" not in err

    def test_what_a_killed_command_left_goes_with_the_next_one(self, cluster):
        child = cluster.start("run", f"--kubeconfig={cluster.kubeconfig}", "--", "sleep", "600")
        cluster.await_command()
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate(timeout=patience(60))
        left = cluster.pod
        assert left["metadata"]["annotations"] == {OWNER: this_owner(), PROCESS: str(child.pid)}
        done = cluster.run("echo", "here")
        assert (done.stdout, done.returncode, cluster.pod) == ("here\n", 0, None), done.stderr

    def test_a_lost_connection(self, cluster):
        """kubectl says 1, as for a command that failed; the pod knows better."""
        cluster.answer(lost=True)
        done = cluster.run("true")
        assert done.returncode == 1
        assert "the connection was lost" in done.stderr
        assert cluster.pod is None

    def test_beats_arrive(self, cluster):
        child = cluster.start("run", f"--kubeconfig={cluster.kubeconfig}", "--", "cat")
        cluster.await_command()
        wait(lambda: any(words[0] == "attach" for words in cluster.asked()), "the leash")
        child.communicate("", timeout=patience(60))
        assert child.returncode == 0


class TestRoom:
    def test_a_colleagues_command(self, cluster):
        """It is refused by name, and left alone."""
        other = {
            "metadata": {"name": "run", "annotations": {OWNER: "ann@laptop", PROCESS: "1"}},
            "status": {"phase": "Running", "startTime": "2026-11-30T10:00:00Z"},
        }
        cluster.answer(pods=[other])
        said = cluster.refuse("true")
        assert "a command of ann@laptop has the room since 2026-11-30T10:00:00Z" in said
        assert {words[0] for words in cluster.asked()} == {"get"}

    def test_a_migration_that_runs(self, cluster):
        job = {**cluster.has["jobs"]["items"][0], "status": {"active": 1}}
        cluster.answer(jobs={"items": [job]})
        said = cluster.refuse("true")
        assert "an update's migration runs just now" in said
        assert {words[0] for words in cluster.asked()} == {"get"}

    def test_a_full_server(self, cluster):
        said = "0/1 nodes are available: 1 Insufficient memory."
        condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": said}
        cluster.answer(status={"phase": "Pending", "conditions": [condition]})
        child = cluster.start("run", f"--kubeconfig={cluster.kubeconfig}", "--", "true")
        assert f"there is no room: {said}" in child.stderr.readline()
        os.killpg(child.pid, signal.SIGINT)
        child.communicate(timeout=patience(60))
        assert (child.returncode, cluster.pod) == (130, None)

    def test_an_image_that_is_not_there(self, cluster):
        waiting = {"reason": "ImagePullBackOff", "message": "not found"}
        cluster.answer(status={"phase": "Pending", "containerStatuses": [{"state": {"waiting": waiting}}]})
        said = cluster.refuse("true")
        assert "ImagePullBackOff not found" in said
        assert cluster.pod is None

    @pytest.mark.parametrize(("gone", "missing"), [("deployment", "no web pods"), ("jobs", "no migration")])
    def test_a_cluster_without_a_shop(self, cluster, gone, missing):
        del cluster.has[gone]
        cluster.answer()
        said = cluster.refuse("true")
        assert f"this cluster has {missing}" in said
        assert "`pulumi up` builds it" in said

    def test_a_cluster_that_does_not_answer(self, cluster):
        cluster.answer(error="Unable to connect to the server: dial tcp 203.0.113.7:6443: i/o timeout")
        said = cluster.refuse("true")
        assert "203.0.113.7:6443: i/o timeout" in said
        assert "admin_cidrs" in said


def test_no_secret_is_named(cluster):
    """Arguments may hold a password: what others can read in the cluster has none of them."""
    cluster.run("echo", "hunter2")
    assert "hunter2" not in json.dumps(cluster.asked())
