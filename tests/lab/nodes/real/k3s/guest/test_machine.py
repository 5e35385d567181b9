"""The machine that k3s runs on."""

import pytest

from lab.nodes.real.k3s.guest.machine import environment, require_programs
from lab.nodes.real.k3s.guest.refusal import RefusalError


def test_systemds_socket_is_not_handed_on(monkeypatch):
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/notify")
    assert "NOTIFY_SOCKET" not in environment()
    assert "/usr/sbin" in environment()["PATH"]


def test_missing_programs_are_named(tmp_path):
    with pytest.raises(RefusalError, match="programs are missing: containerd, runc"):
        require_programs(str(tmp_path))


def test_programs_that_are_there(tmp_path):
    for name in ("containerd", "runc", "iptables", "nft", "ip", "openssl", "setpriv"):
        (tmp_path / name).touch(0o755)
    require_programs(str(tmp_path))
