"""Scripts over SSH, as the command provider runs them: host keys pinned, no agent, no other key than the program's."""

from __future__ import annotations

import base64
import io
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

import paramiko

from lab.plugins.package import PluginError

_PORT = 22
_SILENCE_SECONDS = 900  # a script that says nothing for so long hangs
_RETRY_SECONDS = 1.0
_MOST_DIALS = 60
_LAST_LINES = 40

logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # a server that boots is no error worth a traceback

Connection = dict[str, Any]
T = TypeVar("T")


class SshScripts:
    """Implements lab.machines.Scripts; `behind` finds the server that a proxy reaches under a private address."""

    def __init__(self, behind: Callable[[str, str], str]) -> None:
        self._behind = behind

    def address(self, connection: Connection) -> str:
        """The public address, also of a server that is reached by way of another."""
        host, proxy = str(connection["host"]), connection.get("proxy")
        return self._behind(str(proxy["host"]), host) if proxy else host

    def run(self, connection: Connection, script: str, stdin: str | None) -> str:
        """What the script prints; the login shell runs it.

        Raises:
            PluginError: no connection within the connection's limits, another host key, or an exit code that is not 0.
        """
        with _dialled(connection) as client:
            channel = _channel(client)
            channel.settimeout(_SILENCE_SECONDS)
            channel.exec_command(script)
            return _finish(channel, stdin or "", connection)


def _finish(channel: paramiko.Channel, stdin: str, connection: Connection) -> str:
    errors: list[bytes] = []
    reader = threading.Thread(target=lambda: errors.extend(iter(lambda: channel.recv_stderr(65536), b"")), daemon=True)
    reader.start()
    try:
        channel.sendall(stdin.encode())
        channel.shutdown_write()
        output = b"".join(iter(lambda: channel.recv(65536), b""))
    except (TimeoutError, OSError) as error:
        raise PluginError(f"{connection['host']}: the connection was lost while the script ran: {error}") from None
    code = channel.recv_exit_status()
    reader.join()
    if code:
        said = b"".join(errors).decode(errors="replace").splitlines()[-_LAST_LINES:]
        why = "was cut off" if code < 0 else f"exited with status {code}"
        raise PluginError("\n".join([f"{connection['host']}: the script {why}", *said]))
    return output.decode()


@contextmanager
def _dialled(connection: Connection) -> Iterator[paramiko.SSHClient]:
    """A logged-in client: what is tried again is what pulumi-command tries again (remote/connection.go).

    Without a proxy that is the whole dial.  With one it is the dial of the proxy, then the way from there, then the
    handshake on that same way: a server that took the connection and broke it off never gets another one.
    """
    with ExitStack() as stack:
        proxy = connection.get("proxy")
        if not proxy:
            yield _again(connection, lambda: _handshake(connection, _direct(connection), stack))
            return
        through = _again(proxy, lambda: _handshake(proxy, _direct(proxy), stack))
        way = _again(connection, lambda: _from(through, connection))
        try:
            client = _again(connection, lambda: _handshake(connection, way, stack))
        except PluginError as error:
            raise PluginError(f"proxy: {error}") from None
        yield client


def _again(connection: Connection, dial: Callable[[], T]) -> T:
    """The first answer of `dial` that is no error; another host key or a refused login is one at once."""
    tries = min(int(connection.get("dialErrorLimit") or 1), _MOST_DIALS)
    for left in reversed(range(tries)):
        try:
            return dial()
        except paramiko.BadHostKeyException as error:
            raise PluginError(f"{connection['host']}: ssh: host key mismatch: {error}") from None
        except paramiko.AuthenticationException as error:
            raise PluginError(f"{connection['host']}: ssh: unable to authenticate: {error}") from None
        except (OSError, EOFError, paramiko.SSHException) as error:
            if not left:
                raise PluginError(f"dial tcp {connection['host']}:{_PORT}: {error}") from None
            time.sleep(_RETRY_SECONDS)
    raise AssertionError("the last try returns or raises")


def _direct(connection: Connection) -> socket.socket:
    return socket.create_connection(_place(connection), timeout=_seconds(connection))


def _from(proxy: paramiko.SSHClient, connection: Connection) -> paramiko.Channel:
    transport = proxy.get_transport()
    if transport is None:
        raise paramiko.SSHException("the proxy's connection is gone")
    seconds = _seconds(connection)
    return transport.open_channel("direct-tcpip", _place(connection), ("127.0.0.1", 0), timeout=seconds)


def _place(connection: Connection) -> tuple[str, int]:
    return str(connection["host"]), int(connection.get("port") or _PORT)


def _seconds(connection: Connection) -> float:
    return float(connection.get("perDialTimeout") or 15)


def _handshake(connection: Connection, way: Any, stack: ExitStack) -> paramiko.SSHClient:  # noqa: ANN401  socket or channel
    host, seconds = _place(connection)[0], _seconds(connection)
    client = stack.enter_context(paramiko.SSHClient())
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    kind, text = str(connection["hostKey"]).split()[:2]
    client.get_host_keys().add(host, kind, paramiko.PKey.from_type_string(kind, base64.b64decode(text)))
    key = paramiko.Ed25519Key.from_private_key(io.StringIO(str(connection["privateKey"])))
    alone: dict[str, Any] = {"allow_agent": False, "look_for_keys": False}
    limits: dict[str, Any] = {"timeout": seconds, "banner_timeout": seconds, "auth_timeout": seconds}
    client.connect(host, username=str(connection["user"]), pkey=key, sock=way, **alone, **limits)
    return client


def _channel(client: paramiko.SSHClient) -> paramiko.Channel:
    transport = client.get_transport()
    if transport is None:
        raise PluginError("ssh: the connection was closed")
    return transport.open_session()
