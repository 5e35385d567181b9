"""Everything together, with a CLI and a machine that are given."""

from pathlib import Path

import pytest

from infra.operate.doctor import examine as module
from infra.operate.doctor.check import ok
from infra.operate.doctor.examine import Asked, examine
from tests.operate.doctor.fakes import FakeCli, brief, said

REPOSITORY = Path(__file__).resolve().parents[3]
OUTPUTS = {"name": "shop", "provider": "hetzner", "region": "nbg1", "stage": 1, "public_ip": "192.0.2.1"}
OUTPUTS |= {"kubeconfig": "users: [{user: {token: hidden-kubeconfig}}]"}
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHS+Nafqu+SA4lGvpbeyznRzXJOshTqQ4PeC/VBhwLR4"
TOKEN = {"HCLOUD_TOKEN": "hidden-token", "PULUMI_CONFIG_PASSPHRASE": "hidden-passphrase"}


@pytest.fixture(autouse=True)
def checkout(tmp_path, monkeypatch):
    """A project whose stack file is nobody's example, on a machine with the key that it names."""
    monkeypatch.chdir(tmp_path)
    for name in ("Pulumi.yaml", "requirements.txt"):
        (tmp_path / name).write_text((REPOSITORY / name).read_text())
    for stage in (1, 2):
        text = (REPOSITORY / f"Pulumi.stage{stage}.yaml").read_text()
        text = text.replace("203.0.113.0/24", "8.8.8.0/24").replace("ghcr.io/example/", "ghcr.io/anna/")
        text += f"  stagecoach:authorized_keys: [{KEY}]\n"
        (tmp_path / f"Pulumi.stage{stage}.yaml").write_text(text)
    monkeypatch.setattr(module, "server_checks", lambda _config, address: [ok("port 22", address)])
    monkeypatch.setattr(module, "keys_of_this_machine", lambda _home: [KEY])
    monkeypatch.setattr(module, "is_synchronised", lambda: True)


def cli(**more):
    answers = {
        "version": "v3.259.0",
        "whoami": {"user": "anna", "url": "file:///state"},
        "stack ls": [{"name": "stage1", "current": True}, {"name": "stage2"}],
        "stack output": OUTPUTS,
        "plugin ls": "none",
    }
    return FakeCli(answers | {key.replace("_", " "): value for key, value in more.items()})


def look(*, stack=None, stack_file=None, environment=TOKEN, with_cli=None):
    asked = Asked(stack=stack, stack_file=stack_file, online=False, reach="r.example")
    return examine(asked, with_cli or cli(), environment)


def test_a_running_stack():
    """Nothing is missing, and no secret is shown."""
    made = look()
    assert [row for row in brief(made.checks) if row[1] != "ok"] == [("plugins", "warning")]
    assert (made.stack, made.passed, made.error) == ("stage1", True, None)
    names = [one.name for one in made.checks]
    assert {"project", "packages", "token", "port 22", "kubeconfig", "DNS", "clock", "deployment"} <= set(names)
    assert "hidden" not in said(made.checks)


def test_before_the_first_update():
    made = look(with_cli=cli(stack_output={}))
    assert ("ports 22, 6443", "warning") in brief(made.checks)
    assert made.passed


@pytest.mark.parametrize(
    ("named", "stack"), [({"stack": "stage2"}, "stage2"), ({"stack_file": Path("Pulumi.stage2.yaml")}, "stage2")]
)
def test_which_stack(named, stack):
    """The file belongs to the stack, and the stack to the file."""
    made = look(**named)
    assert made.stack == stack
    assert "stage 2 on hetzner" in said(made.checks)


def test_another_deployments_state():
    made = look(with_cli=cli(stack_output={**OUTPUTS, "name": "museum"}))
    assert ("deployment", "missing") in brief(made.checks)
    assert "is of museum" in said(made.checks)


def test_without_pulumi():
    """What can be looked at without it is."""
    none = FakeCli({"stack ls": "there is no pulumi on PATH"}, program=None)
    none.run = lambda *_arguments: (127, "", "there is no pulumi on PATH")
    made = look(with_cli=none)
    assert ("pulumi", "missing") in brief(made.checks)
    assert ("token", "ok") in brief(made.checks)
    assert not made.passed


def test_a_broken_stack_file(tmp_path):
    (tmp_path / "Pulumi.stage1.yaml").write_text("config: [")
    made = look()
    assert ("stack file", "missing") in brief(made.checks)
    assert made.error.exit_code == 2


def test_another_folder(tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    made = look()
    assert ("project", "missing") in brief(made.checks)
    assert made.error is not None
