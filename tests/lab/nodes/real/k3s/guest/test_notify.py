"""systemd's notification."""

import os
import socket

from lab.nodes.real.k3s.guest.notify import ready


def test_ready_is_said_once(tmp_path, monkeypatch):
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(path))
        server.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(path))
        ready()
        ready()
        assert server.recv(100) == b"READY=1\n"
        assert "NOTIFY_SOCKET" not in os.environ


def test_without_a_service_manager(monkeypatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    ready()
