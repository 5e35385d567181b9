"""What a message or a comparison may repeat."""

import pytest

from infra.stack_file.values.hidden import holds_private_key, without_logins, without_path


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://ann:hunter2@ghcr.io/a/b:1", "https://ann:[hidden]@ghcr.io/a/b:1"),
        ("redis://:hunter2@broker:6379/0", "redis://:[hidden]@broker:6379/0"),
        ("'https://ann:hunter2@x'", "'https://ann:[hidden]@x'"),
        ("ann:hunter2@ghcr.io/a/b:1", "ann:[hidden]@ghcr.io/a/b:1"),
        ("https://ann:hun/t@er2@x", "https://ann:[hidden]@x"),
        ("has `ann:hunter2@m` in it", "has `ann:[hidden]@m` in it"),
        ("ann:hunter2@ghcr.io/a:1@sha256:0a", "ann:[hidden]@ghcr.io/a:1@sha256:0a"),
    ],
)
def test_a_login_is_hidden(text, shown):
    assert without_logins(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "ghcr.io/example/shop:1.0.0@sha256:0a1b",
        "postgres:18@sha256:0a1b",
        "registry.example:5000/shop:1",
        "https://mirror.example:8443/k3s",
        "ops@example.com",
        "write shop.wsgi:application, with a colon",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 ann@example.com",
        "2001:db8::/48",
    ],
)
def test_the_rest_is_shown(text):
    assert without_logins(text) == text


def test_a_webhook_is_known_by_its_host():
    assert without_path("https://hooks.example/T0/B0/abc?x=1#y") == "https://hooks.example/[hidden]"
    assert without_path("https://ann:hunter2@hooks.example:8443/x") == "https://hooks.example:8443/[hidden]"


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU",
        "LS0tLS1CRUdJTiBPUEVOU1NI",
        f"MII{'a' * 40}",
    ],
)
def test_a_private_key(text):
    assert holds_private_key(text)


def test_a_public_one():
    assert not holds_private_key("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIiYLUFS4UUN35ELfm ann@example.com")
