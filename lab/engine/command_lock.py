"""One `pulumi` at a time in a lab, and what a killed one leaves behind."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from infra.errors import Problem, StagecoachError

_WAIT = 5.0  # seconds


@contextmanager
def command_lock(root: Path) -> Iterator[int]:
    """Holds the lab for one command; yields the descriptor that the command inherits.

    The command's own process holds it, too: when the lab is killed and `pulumi` lives on, nobody starts a second one.

    Raises:
        StagecoachError: another command runs.
    """
    root.mkdir(parents=True, exist_ok=True)
    with (root / "command.lock").open("a") as handle:
        if not _held(handle):
            problem = Problem(
                path="lab", value=root.name, allowed="one command at a time", hint="Wait for it, or end it with Ctrl+C"
            )
            raise StagecoachError("another command runs in this lab", [problem])
        yield handle.fileno()


def _held(handle: TextIO) -> bool:
    """Waits a little: what a killed `pulumi` had started takes a moment to notice."""
    deadline = time.monotonic() + _WAIT
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        else:
            return True


def remove_stale_locks(state: Path) -> bool:
    """Removes the backend's locks; whoever holds `command_lock` knows that nobody alive made them."""
    locks = sorted(state.glob(".pulumi/locks/**/*.json"))
    for lock in locks:
        lock.unlink()
    return bool(locks)
