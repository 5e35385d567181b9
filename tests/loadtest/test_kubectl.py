"""kubectl and the kubeconfig that pulumi keeps."""

import pytest

from infra.errors import RefusedError
from infra.loadtest.kubectl import kubeconfig_of


def pulumi(folder, script):
    path = folder / "pulumi"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_a_stacks_kubeconfig_is_gone_afterwards(tmp_path, monkeypatch):
    """It is an administrator's: only the owner reads the file while it is there."""
    pulumi(tmp_path, 'echo "asked: $*"')
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with kubeconfig_of("stage2") as path:
        assert path.read_text() == "asked: stack output kubeconfig --show-secrets --stack stage2\n"
        assert path.stat().st_mode & 0o077 == 0
    assert not path.exists()


def test_a_stack_that_is_not_there(tmp_path, monkeypatch):
    pulumi(tmp_path, "echo 'error: no stack named stage9' >&2; exit 6")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(RefusedError, match="no stack named stage9"), kubeconfig_of("stage9"):
        pass


def test_no_pulumi(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RefusedError, match="not on PATH"), kubeconfig_of("stage1"):
        pass
