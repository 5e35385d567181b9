"""systemd's notification protocol."""

from __future__ import annotations

import os
import socket


def ready() -> None:
    """Tells the service manager that the unit has started; nothing where there is none."""
    path = os.environ.pop("NOTIFY_SOCKET", "")
    if path:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
            client.sendto(b"READY=1\n", f"\0{path[1:]}" if path.startswith("@") else path)
