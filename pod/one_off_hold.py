"""The first process of the pod of `python -m infra run`: the pod lives as long as the command that made it.

The command itself comes by `kubectl exec` (one_off_start.py) and leaves its exit code in a file, which becomes the
pod's.  `kubectl attach` writes a beat to standard input every few seconds: when none has come for a while, the person's
machine is gone, was killed or lost its network, and the pod ends by itself.
Runs in the app's own image, with nothing but Python.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(os.environ.get("STAGECOACH_RUN", "/tmp/stagecoach-run"))  # noqa: S108  in the container
_PAUSE = 0.2  # seconds between two looks
_GRACE = 8.0  # seconds that the command has to end in; the pod's own grace is longer
_LEAVE = 2.0  # seconds that the starter has for its own exit code
_TERMINATED = 128 + signal.SIGTERM
_LOST = 75  # EX_TEMPFAIL: nobody is there any more


def number(name: str) -> int | None:
    """What a file says: the command's exit code, or the process that waits for it; None while it is not there."""
    try:
        return int((FOLDER / name).read_text())
    except (OSError, ValueError):
        return None


def end() -> int:
    """Asks the command to end, and waits for it; what it leaves ends with this process."""
    starter = number("starter")
    if starter:
        with contextlib.suppress(OSError):
            os.kill(starter, signal.SIGTERM)
        _await(lambda: number("exit") is not None, _GRACE)
    return _TERMINATED


def leave(code: int) -> int:
    """The exit code, once the starter is gone: with this process everything in the container is killed."""
    starter = number("starter")
    _await(lambda: not Path(f"/proc/{starter}").exists(), _LEAVE)
    return code


def _await(done: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        reap()
        time.sleep(_PAUSE)


def reap() -> None:
    """The first process inherits what others leave."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def hear() -> bool:
    """Whether a beat came within the pause; waits for it."""
    if not select.select([0], [], [], _PAUSE)[0]:
        return False
    if os.read(0, 4096):
        return True
    time.sleep(_PAUSE)  # an end of file is always there to be read
    return False


def main(silence: float) -> int:
    """Waits for the command's end, or for silence in seconds; silence counts from the first beat on."""
    # The first process of a container gets no signal that it does not handle.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(end()))
    FOLDER.mkdir(exist_ok=True)
    heard = None
    while True:
        if hear():
            heard = time.monotonic()
        code = number("exit")
        if code is not None:
            return leave(code)
        if heard is not None and time.monotonic() - heard > silence:
            sys.stderr.write(f"stagecoach: nobody was there for {silence:g} s: the command is ended\n")
            end()
            return _LOST
        reap()


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
