"""Runs a command in the pod of `python -m infra run`, and leaves its exit code for the pod's first process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

FOLDER = Path(os.environ.get("STAGECOACH_RUN", "/tmp/stagecoach-run"))  # noqa: S108  in the container
_NOT_FOUND, _NOT_STARTED = 127, 126  # a shell's exit codes


def run(command: list[str]) -> int:
    """The command's exit code, as a shell says it."""
    # Handlers, because a signal that is ignored would be ignored by the command, too.  A terminal's Ctrl+C reaches the
    # command by itself; SIGTERM comes from the pod's first process, SIGHUP when the terminal is gone.
    children: list[subprocess.Popen[bytes]] = []
    for one in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(one, lambda *_: None)
    for one in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, lambda number, _: [child.send_signal(number) for child in children])
    try:
        children.append(subprocess.Popen(command))
    except OSError as error:
        sys.stderr.write(f"stagecoach: {command[0]} can't be started: {error.strerror}\n")
        return _NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_STARTED
    code = children[0].wait()
    return code if code >= 0 else 128 - code


def main(command: list[str]) -> int:
    """Tells both: whoever waits at the other end, and the pod."""
    _leave("starter", os.getpid())
    code = run(command)
    _leave("exit", code)
    return code


def _leave(name: str, number: int) -> None:
    """Whole, or not there."""
    FOLDER.mkdir(exist_ok=True)
    written = FOLDER / f"{name}.new"
    written.write_text(str(number))
    written.replace(FOLDER / name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
