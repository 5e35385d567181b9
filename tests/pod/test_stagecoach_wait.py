"""A pod of the app starts its command when its services answer: the script as the pods run it."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from pod import FOLDER
from tests.servers import free_port
from tests.waiting import patience, wait

SCRIPT = FOLDER / "stagecoach_celery/stagecoach_wait.py"
LONG = "100"  # seconds: a test that waits so long has found a fault
GREET = ("echo", "started")
# First answers of the real services.
AUTHENTICATE = b"R\x00\x00\x00\x17\x00\x00\x00\nSCRAM-SHA-256\x00\x00"
STARTING = b"E\x00\x00\x00]SFATAL\x00VFATAL\x00C57P03\x00Mthe database system is starting up\x00\x00"
NO_DATABASE = b'E\x00\x00\x00]SFATAL\x00VFATAL\x00C3D000\x00Mdatabase "app" does not exist\x00\x00'
WANTS_PASSWORD = b"-NOAUTH Authentication required.\r\n"
LOADING = b"-LOADING Redis is loading the dataset in memory\r\n"


class Service:
    """Gives one of its answers to each connection, the last one from then on; b"" closes without a word."""

    def __init__(self, port, *answers):
        self.answers, self.asked = list(answers), []
        self.listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                self.asked.append(connection.recv(1024))
                connection.sendall(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])


@contextmanager
def service(port, *answers):
    made = Service(port, *answers)
    try:
        yield made
    finally:
        made.listener.shutdown(socket.SHUT_RDWR)
        made.listener.close()


def postgres(port):
    return {"DATABASE_URL": f"postgres://app:top-secret@127.0.0.1:{port}/app"}


def broker(port):
    return {"CELERY_BROKER_URL": f"redis://:top-secret@127.0.0.1:{port}/0"}


def start(*command, seconds=LONG, **urls):
    words = [sys.executable, str(SCRIPT), seconds, *command]
    environment = {"PATH": os.environ["PATH"], **urls}
    return subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run(*command, **given):
    """Exit code, output, errors."""
    child = start(*command, **given)
    out, error = child.communicate(timeout=patience(30))
    return child.returncode, out, error


class TestStart:
    def test_without_services_at_once(self):
        assert run(*GREET) == (0, "started\n", "")

    def test_becomes_the_command(self):
        """Its exit code and its signals are the pod's."""
        assert run("sh", "-c", "exit 3")[0] == 3
        child = start("sh", "-c", "echo $$; exec sleep 1000")
        assert child.stdout.readline() == f"{child.pid}\n"
        child.kill()
        child.communicate()

    def test_a_command_that_the_image_lacks(self):
        """As a shell says it, by name."""
        code, _, error = run("gunicorn-that-is-not-there", "config.wsgi")
        assert (code, error) == (
            127,
            "stagecoach: gunicorn-that-is-not-there can't be started: No such file or directory\n",
        )

    def test_ends_when_the_pod_is_deleted(self):
        """The first process of a container gets no signal without a handler."""
        child = start(*GREET, **postgres(free_port()))
        term = 1 << (signal.SIGTERM - 1)
        status = Path(f"/proc/{child.pid}/status")

        def caught():
            [mask] = [line.split()[1] for line in status.read_text().splitlines() if line.startswith("SigCgt")]
            return int(mask, 16) & term

        wait(caught, "the handler")
        child.terminate()
        out, _ = child.communicate(timeout=patience(30))
        assert (child.returncode, out) == (143, "")


class TestWaiting:
    @pytest.mark.parametrize(("url", "answer"), [(postgres, AUTHENTICATE), (broker, WANTS_PASSWORD)])
    def test_a_refused_connection_is_tried_again(self, url, answer):
        """What network policies do to a new pod; no password is shown, and an answer is enough."""
        port = free_port()
        child = start(*GREET, **url(port))
        time.sleep(0.5)
        assert child.poll() is None
        with service(port, answer) as made:
            out, error = child.communicate(timeout=patience(30))
        assert (child.returncode, out, error) == (0, "started\n", "")
        assert b"top-secret" not in b"".join(made.asked)

    @pytest.mark.parametrize(
        ("url", "answers"),
        [(postgres, (STARTING, STARTING, AUTHENTICATE)), (broker, (LOADING, b"", WANTS_PASSWORD))],
    )
    def test_a_service_that_starts_is_waited_for(self, url, answers):
        port = free_port()
        with service(port, *answers) as made:
            assert run(*GREET, **url(port)) == (0, "started\n", "")
        assert len(made.asked) == 3

    def test_an_error_that_is_no_start_is_the_commands_affair(self):
        """As a wrong password is, which nobody looks at here: it fails at once."""
        port = free_port()
        with service(port, NO_DATABASE) as made:
            assert run(*GREET, **postgres(port)) == (0, "started\n", "")
        assert len(made.asked) == 1

    def test_all_three(self):
        """The last one that answers starts the command."""
        ports = [free_port() for _ in range(3)]
        urls = {**postgres(ports[0]), **broker(ports[1]), "CACHE_URL": f"redis://127.0.0.1:{ports[2]}/0"}
        with service(ports[0], AUTHENTICATE) as first, service(ports[1], WANTS_PASSWORD):
            child = start(*GREET, **urls)
            wait(lambda: first.asked, "the first look")
            time.sleep(0.5)
            assert child.poll() is None
            with service(ports[2], b"+PONG\r\n"):
                assert child.communicate(timeout=patience(30)) == ("started\n", "")
        assert len(first.asked) == 1, "one that answered is left alone"


class TestBound:
    def test_starts_all_the_same(self):
        """And names what did not answer, without its password."""
        port = free_port()
        code, out, error = run(*GREET, seconds="0.5", **postgres(port))
        assert (code, out) == (0, "started\n")
        assert error == (
            f"stagecoach: 127.0.0.1:{port} did not answer within 0.5 s (Connection refused): starting without it\n"
        )

    def test_a_service_that_hangs(self):
        """It takes the connection and never says a word."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            code, out, error = run(*GREET, seconds="0.5", **broker(port))
        assert (code, out) == (0, "started\n")
        assert "(timed out)" in error

    def test_a_name_that_nobody_knows(self):
        _, out, error = run(
            *GREET, seconds="0.3", DATABASE_URL="postgres://app:top-secret@no-such-host.invalid:5432/app"
        )
        assert out == "started\n"
        assert "no-such-host.invalid:5432 did not answer" in error
        assert "top-secret" not in error
