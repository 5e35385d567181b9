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
from typing import Any

import paramiko

from lab.plugins.package import PluginError

_PORT = 22
_SILENCE_SECONDS = 900  # a script that says nothing for so long hangs
_RETRY_SECONDS = 1.0
_MOST_DIALS = 60
_LAST_LINES = 40

logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # a server that boots is no error worth a traceback

Connection = dict[str, Any]


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
    """A logged-in client; a refused dial is tried again, as the provider does it for a server that boots."""
    tries = min(int(connection.get("dialErrorLimit") or 1), _MOST_DIALS)
    for left in reversed(range(tries)):
        with ExitStack() as stack:
            try:
                client = _dial(connection, stack)
            except paramiko.BadHostKeyException as error:
                raise PluginError(f"{connection['host']}: ssh: host key mismatch: {error}") from None
            except paramiko.AuthenticationException as error:
                raise PluginError(f"{connection['host']}: ssh: unable to authenticate: {error}") from None
            except (OSError, EOFError, paramiko.SSHException) as error:
                if not left:
                    raise PluginError(f"dial tcp {connection['host']}:{_PORT}: {error}") from None
                time.sleep(_RETRY_SECONDS)
                continue
            yield client
            return
    raise AssertionError("the last try returns or raises")


def _dial(connection: Connection, stack: ExitStack) -> paramiko.SSHClient:
    seconds = float(connection.get("perDialTimeout") or 15)
    proxy = connection.get("proxy")
    host, port = str(connection["host"]), int(connection.get("port") or _PORT)
    way: Any
    if proxy:
        transport = _dial(proxy, stack).get_transport()
        if transport is None:
            raise paramiko.SSHException("the proxy's connection is gone")
        way = transport.open_channel("direct-tcpip", (host, port), ("127.0.0.1", 0), timeout=seconds)
    else:
        way = socket.create_connection((host, port), timeout=seconds)
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
