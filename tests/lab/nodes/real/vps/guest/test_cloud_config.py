"""User data as the program renders it."""

import stat

import pytest

from infra.components.access import render_user_data
from lab.nodes.real.vps.guest.cloud_config import apply, parse

TEXT = render_user_data("shop", "PRIVATE\n", "ssh-ed25519 PUBLIC", "ssh-ed25519 DEPLOY deploy")


def test_the_programs_user_data_is_understood():
    config = parse(TEXT, "other")
    assert config.hostname == "shop"
    assert config.authorized_keys == ("ssh-ed25519 DEPLOY deploy",)
    assert config.host_keys["ssh_host_ed25519_key"] == "PRIVATE\n"
    assert config.host_keys["ssh_host_ed25519_key.pub"] == "ssh-ed25519 PUBLIC\n"
    assert (config.delete_keys, config.password_login) == (True, False)
    assert config.runcmd.startswith("if command -v ufw")


def test_without_a_hostname_the_clouds_name_counts():
    assert parse(render_user_data(None, "a", "b", "c"), "shop-celery-1").hostname == "shop-celery-1"
    assert parse("", "bare").hostname == "bare"


def test_a_list_is_a_command():
    assert parse('#cloud-config\nruncmd: [[echo, "a b"]]\n', "x").runcmd == "echo 'a b'\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [("#!/bin/sh\n", "does not start with"), ("#cloud-config\nusers: []\n", "not known .*: users")],
)
def test_what_is_not_played_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        parse(text, "x")


def test_files_of_the_first_boot(tmp_path):
    for folder in ("etc/ssh", "root"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "etc/ssh/ssh_host_rsa_key").write_text("of the image")
    apply(parse(TEXT, "x"), tmp_path)
    private = tmp_path / "etc/ssh/ssh_host_ed25519_key"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert not (tmp_path / "etc/ssh/ssh_host_rsa_key").exists()
    assert (tmp_path / "root/.ssh/authorized_keys").read_text() == "ssh-ed25519 DEPLOY deploy\n"
    assert (tmp_path / "etc/hostname").read_text() == "shop\n"
