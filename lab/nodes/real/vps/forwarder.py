"""A server's public address: listens on this machine's loopback and connects inside the lab's network."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import socket
import struct
from collections.abc import Iterator
from functools import partial
from pathlib import Path

PORTS = (22, 80, 443, 6443)
OTHER_PORTS = 10_000  # added where a program of this machine listens on that port of all addresses
_UNUSED = "127.127.127.127"
_CHUNK = 1 << 16
_CLONE_NEWNET = 0x40000000
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing says at once that there is nothing


class Forwarder:
    """One address, all of its ports."""

    def __init__(self, network: Path, target: str) -> None:
        self._inside = os.open(network, os.O_RDONLY)
        self._outside = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.target = target
        self.ports: dict[int, int] = {}  # the server's port, this machine's
        self._servers: list[asyncio.Server] = []

    async def listen(self, address: str) -> None:
        """Listens there and nowhere else; connections that were made before go on.

        Raises:
            OSError: another server has the address.
        """
        self.close()
        for port in PORTS:
            listener = _bound(address, port)
            self.ports[port] = listener.getsockname()[1]
            self._servers.append(await asyncio.start_server(partial(self._serve, port), sock=listener))

    def close(self) -> None:
        """Refuses from now on."""
        for server in self._servers:
            server.close()
        self._servers.clear()
        self.ports.clear()

    async def _serve(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner, outer = await self._connect(port)
        except OSError:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.close()
            return
        await asyncio.gather(_pump(reader, outer), _pump(inner, writer))
        outer.close()
        writer.close()

    async def _connect(self, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        with self._inside_network():
            inner = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        inner.setblocking(False)  # noqa: FBT003  the socket's own signature
        try:
            await asyncio.get_running_loop().sock_connect(inner, (self.target, port))
        except OSError:
            inner.close()
            raise
        return await asyncio.open_connection(sock=inner)

    @contextlib.contextmanager
    def _inside_network(self) -> Iterator[None]:
        """A socket belongs to the network in which it was made."""
        _enter(self._inside)
        try:
            yield
        finally:
            _enter(self._outside)


def _bound(address: str, port: int) -> socket.socket:
    try:
        return socket.create_server((address, port), backlog=256)
    except OSError:
        if not _taken_everywhere(port):
            raise
        return socket.create_server((address, port + OTHER_PORTS), backlog=256)


def _taken_everywhere(port: int) -> bool:
    """Whether a program listens on all addresses, as this machine's own SSH does, and not another server here."""
    try:
        socket.create_server((_UNUSED, port)).close()
    except OSError:
        return True
    return False


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copies one direction and passes its end on."""
    try:
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except OSError:
        writer.close()


def _enter(namespace: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
