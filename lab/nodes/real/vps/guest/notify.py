"""A service's notification socket (sd_notify)."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

FOLDER = Path("/run/systemd/notify")


class NotifySocket:
    """Listens for one service; `ready` is done when it said so."""

    def __init__(self, unit: str) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        self.path = FOLDER / unit
        self.path.unlink(missing_ok=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.socket.bind(str(self.path))
        self.path.chmod(0o666)
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.status = ""
        self.main = 0
        asyncio.get_running_loop().add_reader(self.socket, self._read)

    def _read(self) -> None:
        data, handles, _flags, _sender = socket.recv_fds(self.socket, 1 << 16, 8)
        for handle in handles:  # sd_notify_barrier waits until they are closed
            os.close(handle)
        for line in data.decode(errors="replace").splitlines():
            key, _, value = line.partition("=")
            if key == "READY" and value == "1" and not self.ready.done():
                self.ready.set_result(None)
            elif key == "STATUS":
                self.status = value
            elif key == "MAINPID":
                self.main = int(value)

    def close(self) -> None:
        """Nobody is heard any more."""
        asyncio.get_running_loop().remove_reader(self.socket)
        self.socket.close()
        self.path.unlink(missing_ok=True)
