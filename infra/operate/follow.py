"""Follow the log of one part, with pods that come later (as in a rollout) and containers that restart."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.errors import RefusedError
from infra.operate.kubectl import Kubectl
from infra.operate.logs import LogsAsked, Stream, Write, arguments, first_lines, require_streams, shown, split, streams
from infra.operate.parts import Part

_LOOK_SECONDS = 2.0  # between two looks at the part's pods
_AWAY_SECONDS = 120.0  # how long the cluster may be unreachable
_ALL = ("--tail=-1",)


@dataclass(kw_only=True)
class _Reader:
    """Remember how far one container's log has been read."""

    stream: Stream
    restarts: int
    last: str = ""  # the time of the last line
    thread: threading.Thread | None = None


class Follower:
    """Look for pods again and again, and read each container with a kubectl of its own."""

    def __init__(self, kubectl: Kubectl, part: Part, asked: LogsAsked, write: Write, say: Write) -> None:
        """Take the arguments of `print_logs`; nothing runs yet."""
        self._kubectl, self._part, self._asked, self._say = kubectl, part, asked, say
        self._write, self._lock = write, threading.Lock()
        self._readers: dict[tuple[str, str], _Reader] = {}
        self._failed: OSError | None = None

    def run(self) -> None:
        """Print lines until Ctrl+C.

        Raises:
            BrokenPipeError: the program that reads the lines has closed the pipe.
            RefusedError: there is no such container, or the cluster was unreachable for two minutes.
        """
        try:
            self._watch()
        finally:
            self._kubectl.close()

    def _watch(self) -> None:
        pods = self._kubectl.items(*self._part.pods)
        if pods:
            require_streams(self._part, pods, self._asked)
        else:
            self._say(f"{self._part.shown} has no pods yet")
        self._take(pods, first_lines(self._asked))
        answered, away = time.monotonic(), False
        while self._failed is None:
            time.sleep(_LOOK_SECONDS)
            try:
                # Read new pods from their first line: nobody has looked at them yet.
                self._take(self._kubectl.items(*self._part.pods), _ALL)
            except RefusedError as error:
                if time.monotonic() - answered > _AWAY_SECONDS:
                    raise
                if not away:
                    self._say(f"{error.problems[0].allowed}; trying again")
                away = True
            else:
                answered, away = time.monotonic(), False
        raise self._failed

    def _take(self, pods: list[dict[str, Any]], options: tuple[str, ...]) -> None:
        for pod in pods:
            states = {one["name"]: one for one in pod.get("status", {}).get("containerStatuses", ())}
            for stream in streams([pod], self._asked):
                # A container that waits has no log yet, or writes nothing until it starts again.
                status = states.get(stream.container)
                if status and "waiting" not in status.get("state", {}):
                    self._follow((pod["metadata"]["uid"], stream.container), stream, status, options)

    def _follow(
        self, key: tuple[str, str], stream: Stream, status: Mapping[str, Any], options: tuple[str, ...]
    ) -> None:
        restarts = int(status.get("restartCount", 0))
        reader = self._readers.get(key)
        if reader is None:
            reader = self._readers[key] = _Reader(stream=stream, restarts=restarts)
        elif reader.thread and reader.thread.is_alive():
            return
        elif restarts > reader.restarts or "running" in status["state"]:
            # The container started again, or the connection was lost.
            reader.restarts, options = restarts, (f"--since-time={reader.last}",) if reader.last else _ALL
        else:
            return  # the container has ended, and its whole log was read
        reader.thread = threading.Thread(target=self._read, args=(reader, options), name=stream.label, daemon=True)
        reader.thread.start()

    def _read(self, reader: _Reader, options: tuple[str, ...]) -> None:
        """Read until the container ends or the connection is lost.

        `--since-time` takes whole seconds, so lines come a second time; only later ones are printed.
        """
        before = reader.last
        stream, asked = reader.stream, self._asked
        try:
            for line in self._kubectl.lines(*arguments(self._part, stream, asked), "--follow", *options):
                stamp, words = split(line)
                if stamp > before:
                    reader.last = stamp
                    with self._lock:
                        self._write(shown(stream.label, stamp, words, asked))
        except OSError as error:
            self._failed = error
