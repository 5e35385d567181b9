"""`python -m infra runner-access`, as the deploy workflow runs it."""

from pathlib import Path

import pytest

from tests.cli.command import infra
from tests.servers.cloud_api import CloudApi

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def api():
    with CloudApi("hetzner") as running:
        yield running


@pytest.fixture
def run(api, tmp_path):
    """The command in a folder with one running deployment."""
    (tmp_path / "Pulumi.stage1.yaml").write_text((REPOSITORY / "Pulumi.stage1.yaml").read_text())
    (tmp_path / "deployments.yaml").write_text("shop: stage1\n")

    def command(*arguments, sent="t0ken"):
        environment = {"PATH": "/usr/bin:/bin", "HCLOUD_TOKEN": sent, "STAGECOACH_CLOUD_API": api.address}
        return infra("runner-access", *arguments, folder=tmp_path, environment=environment)

    return command


def test_open_and_close(run, api):
    done = run("open", "--run", "42", "--address", "8.8.8.8")
    assert done.returncode == 0, done.stderr
    [name] = api.names
    assert done.stdout == f"opened {name} for 8.8.8.8/32\n"
    done = run("close", "--run", "42")
    assert (done.returncode, done.stdout) == (0, f"closed {name}\n")
    assert api.names == []


def test_a_second_try_of_a_run_leaves_one(run, api):
    """What its first try left open is closed before."""
    for _ in range(2):
        assert run("open", "--run", "42", "--address", "8.8.8.8").returncode == 0
    assert len(api.firewalls) == 1


@pytest.mark.parametrize(
    ("arguments", "token", "code", "said"),
    [
        (("open", "--run", "42", "--address", "10.0.0.1"), "t0ken", 2, "--address = 10.0.0.1: this runner's address"),
        (("open", "--run", "42"), "t0ken", 2, "checkip"),
        (("close", "--run", "42"), "", 2, "HCLOUD_TOKEN: a token of Hetzner that may write firewalls"),
        (("close", "--run", "42"), "wr0ng", 1, "an answer, not 401"),
        (("shut", "--run", "42"), "t0ken", 2, "Invalid value"),
    ],
)
def test_bad_input(run, api, arguments, token, code, said):
    done = run(*arguments, sent=token)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert api.names == []


def test_no_deployment(run, tmp_path):
    (tmp_path / "deployments.yaml").write_text("")
    assert run("close", "--run", "42").returncode == 0
