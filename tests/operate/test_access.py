"""The kubeconfig that pulumi keeps."""

import pytest

from infra.errors import ConfigError, RefusedError
from infra.operate.access import cluster_of, kubeconfig_of, require_kubeconfig

LISTED = '[{"name": "stage1", "current": false}, {"name": "stage2", "current": false}]'


@pytest.fixture
def pulumi(tmp_path, monkeypatch):
    """A pulumi whose `stack output` does what a test says."""

    def made(script):
        path = tmp_path / "pulumi"
        path.write_text(f"#!/bin/sh\nif [ $2 = ls ]; then echo '{LISTED}'; exit; fi\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    return made


def refused(stack):
    with pytest.raises(RefusedError) as caught, kubeconfig_of(stack):
        pass
    return str(caught.value)


def test_a_stacks_kubeconfig_is_gone_afterwards(pulumi):
    """It is an administrator's: only the owner reads the file while it is there."""
    pulumi('echo "asked: $*"')
    with kubeconfig_of("stage2") as path:
        asked = "asked: stack output kubeconfig --show-secrets --stack stage2 --non-interactive --color never\n"
        assert path.read_text() == asked
        assert path.stat().st_mode & 0o077 == 0
    assert not path.exists()


def test_the_selected_stack(pulumi):
    pulumi('echo "asked: $*"')
    with kubeconfig_of(None) as path:
        assert path.read_text().startswith("asked: stack output kubeconfig --show-secrets --non-interactive")


def test_none_is_selected(pulumi):
    pulumi("echo 'error: no stack selected; please use `pulumi stack select`' >&2; exit 255")
    said = refused(None)
    assert said.startswith("no stack is selected\n")
    assert "Name one with --stack, or `pulumi stack select`; the backend has stage1, stage2" in said


def test_a_stack_that_is_not_there(pulumi):
    """The nearest name, or all of them."""
    pulumi("echo 'error: no stack named stage9' >&2; exit 6")
    assert "Did you mean stage" in refused("stage9")
    assert "the backend has stage1, stage2" in refused("production")


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("current stack does not have output property 'kubeconfig'", "it was never built, or its first update failed"),
        ("passphrase must be set with PULUMI_CONFIG_PASSPHRASE", "Set PULUMI_CONFIG_PASSPHRASE"),
        (
            "incorrect passphrase, please set PULUMI_CONFIG_PASSPHRASE to the correct passphrase",
            "with another passphrase",
        ),
        ("no Pulumi.yaml project file found (searching upwards from /tmp)", "Run it in the checkout's folder"),
        ("PULUMI_ACCESS_TOKEN must be set for login", "`pulumi login`, or name a file with --kubeconfig"),
    ],
)
def test_what_pulumi_says(pulumi, said, meaning):
    pulumi(f'echo "error: {said}" >&2; exit 255')
    told = refused("stage1")
    assert told.startswith("no access to stack stage1\n")
    assert meaning in told


def test_no_pulumi(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "pulumi is not on PATH" in refused("stage1")


def test_a_file_asks_nobody(tmp_path, monkeypatch):
    path = tmp_path / "kubeconfig"
    path.write_text("clusters: [{name: shop}]\n")
    (tmp_path / "kubectl").symlink_to("/bin/true")
    monkeypatch.setenv("PATH", str(tmp_path))
    with cluster_of(None, path) as kubectl:
        assert kubectl.options == [f"--kubeconfig={path}"]


@pytest.mark.parametrize("text", ["", "clusters: []", "nothing: here", "[", "- 1"])
def test_no_kubeconfig(tmp_path, text):
    path = tmp_path / "kubeconfig"
    path.write_text(text)
    with pytest.raises(ConfigError, match="this is no kubeconfig"):
        require_kubeconfig(path)


@pytest.mark.parametrize("text", ["clusters: []\nclient-key-data: hunter2: x: [", "\x00hunter2"])
def test_no_message_has_a_line_of_it(tmp_path, text):
    """The wrong line may be a private key."""
    path = tmp_path / "kubeconfig"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"is no (text in )?YAML") as caught:
        require_kubeconfig(path)
    assert "hunter2" not in str(caught.value)
