"""Starts the command of a pod of the app once its services answer: `stagecoach_wait.py SECONDS COMMAND...`.

A new pod is refused by every service until network policies know its address, which is after its first command has
started: k3s's controller (kube-router) learns it from the pod's status.  Measured: 0.06 to 1.2 s, and up to 4 s while a
server boots.  A service may be starting itself.

After SECONDS the command starts all the same: it says best what it misses, and may do without.  Passwords are not
looked at: a wrong one fails at once, in the command's own words.
Runs in the app's own image, with nothing but Python.
"""

from __future__ import annotations

import os
import signal
import socket
import struct
import sys
import time
from urllib.parse import unquote, urlsplit

VARIABLES = ("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL")
_PAUSE = 0.2  # seconds between two looks
_LOOK = 2.0  # seconds that a service may take to answer
_VERSION = 3 << 16  # of Postgres' protocol
_STARTING = b"C57P03\0"  # the field of Postgres' error cannot_connect_now: it starts, stops or recovers
_BYTES = 1024  # the first answer of either service is shorter
_NOT_FOUND, _NOT_STARTED = 127, 126  # a shell's exit codes


def reason(url: str, seconds: float) -> str:
    """Why the service of a URL does not answer; empty when it does, whatever it says."""
    parts = urlsplit(url)
    ask = _postgres if parts.scheme.startswith("postgres") else _redis
    try:
        with socket.create_connection((parts.hostname, parts.port), timeout=seconds) as connection:
            return ask(connection, parts)
    except OSError as error:
        return error.strerror or str(error) or type(error).__name__


def _postgres(connection: socket.socket, parts) -> str:
    """As pg_isready asks: a startup packet, to which a server asks for the password.  PgBouncer answers likewise."""
    words = ("user", unquote(parts.username or ""), "database", unquote(parts.path.lstrip("/")), "")
    body = struct.pack("!I", _VERSION) + "".join(f"{word}\0" for word in words).encode()
    connection.sendall(struct.pack("!I", len(body) + 4) + body)
    answer = connection.recv(_BYTES)
    if not answer:
        return "the connection was closed"
    return "it is starting or stopping" if answer.startswith(b"E") and _STARTING in answer else ""


def _redis(connection: socket.socket, _parts) -> str:
    """Without the password it says that it wants one, and that is an answer."""
    connection.sendall(b"PING\r\n")
    answer = connection.recv(_BYTES)
    if not answer:
        return "the connection was closed"
    return "it is loading its data" if answer.startswith(b"-LOADING") else ""


def wait(urls: list[str], seconds: float) -> dict[str, str]:
    """Why some services did not answer within the time, by host and port; empty when all did."""
    deadline = time.monotonic() + seconds
    while True:
        missing = {}
        for url in urls:
            said = reason(url, max(min(_LOOK, deadline - time.monotonic()), 0.1))
            if said:
                missing[url] = said
        urls = list(missing)
        if not urls or time.monotonic() >= deadline:
            return {urlsplit(url).netloc.rpartition("@")[2]: said for url, said in missing.items()}
        time.sleep(_PAUSE)


def main(arguments: list[str]) -> None:
    """Waits, then becomes the command."""
    # The first process of a container gets no signal that it does not handle: a pod that is deleted would stay.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    seconds, command = float(arguments[0]), arguments[1:]
    urls = [os.environ[name] for name in VARIABLES if os.environ.get(name)]
    for service, said in wait(urls, seconds).items():
        sys.stderr.write(f"stagecoach: {service} did not answer within {seconds:g} s ({said}): starting without it\n")
    sys.stderr.flush()
    try:
        os.execvp(command[0], command)  # noqa: S606  this process becomes the command
    except OSError as error:
        sys.stderr.write(f"stagecoach: {command[0]} can't be started: {error.strerror}\n")
        raise SystemExit(_NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_STARTED) from error


if __name__ == "__main__":
    main(sys.argv[1:])
