"""People's keys."""

import base64

import pytest

from infra.operate.doctor.ssh_keys import keys_of_this_machine, ssh_key_checks
from tests.operate.doctor.fakes import brief


def key(name):
    blob = b"\x00\x00\x00\x0bssh-ed25519" + name.encode()
    return f"ssh-ed25519 {base64.b64encode(blob).decode()} {name}"


@pytest.mark.parametrize(
    ("authorized", "status"),
    [
        ((), "warning"),
        ((key("anna"),), "ok"),
        ((key("ben"),), "warning"),
        ((key("anna"), "ssh-ed25519 AAAA x"), "missing"),
    ],
)
def test_each(authorized, status):
    assert brief(ssh_key_checks(authorized, [key("anna")])) == [("SSH keys", status)]


def test_options_before_the_key():
    """As in any authorized_keys."""
    assert brief(ssh_key_checks([f'from="10.0.0.0/8" {key("anna")}'], [key("anna")])) == [("SSH keys", "ok")]


def test_of_this_machine(tmp_path, monkeypatch):
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    assert keys_of_this_machine(tmp_path) == []
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "id_ed25519.pub").write_text(key("anna") + "\n")
    assert keys_of_this_machine(tmp_path) == [key("anna")]
