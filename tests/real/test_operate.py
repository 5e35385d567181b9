"""A person's commands on a shop that runs: in a pod of the app's, its logs, a restart."""

import os
import pty
import signal
import subprocess
import sys
import threading
from contextlib import suppress

import pytest

from lab.nodes.simulated.api import ApiError
from tests.browser import Browser
from tests.real.shop import REPOSITORY
from tests.waiting import PATIENCE, patience, wait

pytestmark = pytest.mark.vps

# The shop has no accounts: they are added for this one process, and their tables go again.
ACCOUNTS = """
import os, sys
from importlib import import_module
settings = import_module(os.environ["DJANGO_SETTINGS_MODULE"])
settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "django.contrib.auth"]
import django
django.setup()
from django.core.management import call_command
call_command("migrate", "auth", verbosity=0)
os.environ["DJANGO_SUPERUSER_PASSWORD"] = "from-a-pipe"
call_command("createsuperuser", interactive=False, username="ann", email="ann@example.com")
from django.contrib.auth import get_user_model
ann = get_user_model().objects.get(username="ann")
print(ann.is_superuser, ann.check_password("from-a-pipe"))
call_command("migrate", "auth", "zero", verbosity=0)
sys.exit(7)
"""


def start(shop, command, *arguments, **options):
    """`python -m infra` on the shop's cluster."""
    words = [sys.executable, "-m", "infra", command, f"--kubeconfig={shop.lab.root / 'kubeconfig'}", *arguments]
    options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.Popen(words, cwd=REPOSITORY, text=True, start_new_session=True, **options)


def ended(shop, command, *arguments, text=""):
    child = start(shop, command, *arguments)
    out, err = child.communicate(text, timeout=patience(300))
    return subprocess.CompletedProcess(arguments, child.returncode, out, err)


def pods_of_commands(shop):
    return [one["metadata"]["name"] for one in shop.pods() if one["metadata"]["name"] == "run"]


def runs(shop):
    """Whether the command's pod runs."""
    with suppress(ApiError):
        pod = shop.api.request("GET", "/api/v1/namespaces/app/pods/run")
        return pod["status"].get("phase") == "Running"
    return False


def test_a_superuser_by_a_pipe(shop):
    """The script is the input, its answer alone the output, its exit code ours; nothing stays."""
    done = ended(shop, "run", "--", "python", "-", text=ACCOUNTS)
    assert (done.returncode, done.stdout) == (7, "Superuser created successfully.\nTrue True\n"), done.stderr
    assert pods_of_commands(shop) == []


class TestLonger:
    def test_djangos_shell_at_a_terminal(self, shop):
        ours, theirs = pty.openpty()
        child = start(shop, "shell", **dict.fromkeys(("stdin", "stdout", "stderr"), theirs))
        os.close(theirs)
        said = []

        def read():
            with suppress(OSError):
                while more := os.read(ours, 1000):
                    said.append(more)

        threading.Thread(target=read, daemon=True).start()
        wait(lambda: b">>> " in b"".join(said), "the shell's prompt", PATIENCE)
        os.write(ours, b"from apps.orders.models import Order; print('orders', Order.objects.count() + 40 > 39)\r")
        wait(lambda: b"orders True" in b"".join(said), "its answer", PATIENCE)
        os.write(ours, b"exit()\r")
        assert child.wait(patience(60)) == 0
        os.close(ours)
        assert pods_of_commands(shop) == []

    def test_what_a_killed_command_left_goes_with_the_next_one(self, shop):
        child = start(shop, "run", "--", "sleep", "600")
        wait(lambda: runs(shop), "the command's pod", PATIENCE)
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        assert pods_of_commands(shop) == ["run"]
        done = ended(shop, "run", "--", "echo", "here")
        assert (done.returncode, done.stdout) == (0, "here\n"), done.stderr
        assert pods_of_commands(shop) == []

    def test_the_web_restarts_while_customers_come(self, shop, browser):
        """Every page is answered, and the logs of the new pods are there under their names."""
        before = {one["metadata"]["name"] for one in shop.pods()}
        child = start(shop, "restart", "web")
        answers = []
        while child.poll() is None:
            answers.append(Browser(shop.url).status("/"))
        out, err = child.communicate()
        assert (child.returncode, out) == (0, "web is restarted\n"), err
        assert set(answers) == {200}
        # Two where the autoscaler adds one meanwhile.
        new = {one["metadata"]["name"] for one in shop.pods() if "django-" in one["metadata"]["name"]} - before
        assert new
        done = ended(shop, "logs", "web", "--tail=-1")
        assert all(f"{name} | " in done.stdout for name in new)
        assert "Listening at" in done.stdout
