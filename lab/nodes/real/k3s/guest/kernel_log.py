"""The kernel's log as a machine of its own would show it: out-of-memory kills of this server, under its own paths.

The kernel names control groups from the host's root, where this server's lie in a group of their own; the kubelet
would not find the container of a kill.  /dev/kmsg therefore becomes a pipe in packet mode, one record for each read.
The kubelet opens the log twice: first for itself (kills of the whole machine), later by cAdvisor, which counts kills of
containers.  Each gets a pipe of its own; the first stays silent.
"""

from __future__ import annotations

import fcntl
import os
import re
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from lab.nodes.real.k3s.guest import log

_LOG, _REAL = Path("/dev/kmsg"), Path("/dev/kmsg-host")
_MEMORY = (Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup"))  # version 1, version 2
_RECORD = 8192  # bytes; the kernel's records are shorter
_START = "invoked oom-killer:"
_PATHS = re.compile(r"oom_memcg=(?P<group>/[^,]*),task_memcg=(?P<task>/[^,]*),")
_POD = re.compile(r"/[^/]*pod[0-9a-f_-]{36}(\.slice)?")


class Translator:
    """Records of one kill belong together: the first is held back until the group's name says whose kill it is."""

    def __init__(self, is_ours: Callable[[str], bool]) -> None:
        self._is_ours = is_ours
        self._start = ""

    def records(self, record: str) -> Iterator[str]:
        """What the kubelet reads for one record of the kernel."""
        if _START in record:
            self._start = record
            return
        found = _PATHS.search(record)
        if not found or not self._start:
            return
        start, self._start = self._start, ""
        group, task = _below(found["group"]), _below(found["task"])
        if self._is_ours(task):
            yield start
            yield record[: found.start()] + f"oom_memcg={group},task_memcg={task}," + record[found.end() :]


def start() -> None:
    """Puts the first pipe in the log's place; the rest follows on a thread, as the kubelet opens it."""
    try:
        if stat.S_ISCHR(_LOG.stat().st_mode):
            _LOG.rename(_REAL)
        source = os.open(_REAL, os.O_RDONLY)
        os.lseek(source, 0, os.SEEK_END)
        _pipe()
    except OSError as error:
        log.error(f"kills for lack of memory are not counted: {error}")
        return
    threading.Thread(target=_serve, args=(source,), name="kernel log", daemon=True).start()


def _serve(source: int) -> None:
    silent = os.open(_LOG, os.O_WRONLY)  # returns when the kubelet has opened the other end
    _pipe()
    pipe = os.open(_LOG, os.O_RDWR | os.O_NONBLOCK)
    fcntl.fcntl(pipe, fcntl.F_SETFL, os.O_NONBLOCK | os.O_DIRECT)
    try:
        _copy(source, pipe)
    finally:
        os.close(silent)


def _copy(source: int, pipe: int) -> None:
    translator = Translator(_is_ours)
    while True:
        try:
            record = os.read(source, _RECORD).decode(errors="replace")
        except BrokenPipeError:  # the kernel wrote faster than this reads: it goes on with the oldest that is left
            continue
        for one in translator.records(record):
            try:
                os.write(pipe, one.encode())
            except BlockingIOError:
                log.error("a kill for lack of memory was not counted: the kubelet does not read")


def _pipe() -> None:
    new = _LOG.with_name(".kmsg")
    new.unlink(missing_ok=True)
    os.mkfifo(new, 0o600)
    new.replace(_LOG)


def _below(path: str) -> str:
    """Without the server's own group, which is the first part."""
    return "/" + path.lstrip("/").partition("/")[2]


def _is_ours(path: str) -> bool:
    """A pod's id is unique: another server's pod has no folder here. Other processes die inside of every server."""
    pod = _POD.search(path)
    return pod is not None and any((root / path[: pod.end()].lstrip("/")).is_dir() for root in _MEMORY)
