"""Run the Pulumi CLI as a child process that may be asked to stop but is never killed.

A killed update leaves a lock and half-made resources behind. Python's own `run` kills a child when somebody presses
Ctrl+C, or when its time is over; the engine must first finish the operations that it has begun and write the state.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from types import FrameType

from infra.errors import Problem, RefusedError

_PROGRAM = "pulumi"
# After this time an update is asked to stop. GitHub kills a job after 120 minutes (.github/workflows/deploy.yml), and
# the engine needs some of them to finish the operations that it has begun.
LONGEST_SECONDS = 100 * 60.0
_ANSWER_SECONDS = 3600  # for a command that changes nothing
_TOO_LONG = (
    "pulumi ran for {minutes:.0f} minutes and was asked to stop: it finishes what it has begun and writes the state. "
    "See docs/how-to/interrupted-update.md, then run this command again\n"
)


def ask(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command that changes nothing, and return its output as text.

    Raises:
        RefusedError: `pulumi` is not installed, or the command does not end within an hour.
    """
    try:
        return subprocess.run(
            [_PROGRAM, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_ANSWER_SECONDS,
        )
    except FileNotFoundError:
        raise _missing() from None
    except subprocess.TimeoutExpired:
        said = f"gave no answer within {_ANSWER_SECONDS // 60} minutes"
        problem = Problem(path=f"pulumi {arguments[0]}", value="", allowed=said, hint="Run it by hand to see why")
        raise RefusedError("the engine does not answer", [problem]) from None


def run(*arguments: str, seconds: float = LONGEST_SECONDS) -> int:
    """Run a command that may change something; its output goes to this process's own output.

    The first Ctrl+C or SIGTERM is passed on as one SIGINT, so that the engine ends its update. A second Ctrl+C is
    passed on as well: the engine then stops at once.

    Args:
        arguments: the arguments after `pulumi`.
        seconds: time until the command is asked to stop; this function still waits for it to end.

    Returns:
        The command's exit code.

    Raises:
        RefusedError: `pulumi` is not installed.
        KeyboardInterrupt: the command was asked to stop, and has ended.
    """
    sys.stdout.flush()
    try:
        # Without a session of its own, the child would get a terminal's Ctrl+C a second time.
        child = subprocess.Popen([_PROGRAM, *arguments], stdin=subprocess.DEVNULL, start_new_session=True)
    except FileNotFoundError:
        raise _missing() from None
    with _handed_on(child) as stopped:
        try:
            code = child.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            sys.stderr.write(_TOO_LONG.format(minutes=seconds / 60))
            child.send_signal(signal.SIGINT)
            code = child.wait()
    if stopped:
        raise KeyboardInterrupt
    return code


@contextlib.contextmanager
def _handed_on(child: subprocess.Popen[bytes]) -> Iterator[list[int]]:
    """Pass signals to stop on to the child as SIGINT, and yield the list in which they are noted."""
    stopped: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT or not stopped:
            child.send_signal(signal.SIGINT)
        stopped.append(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _missing() -> RefusedError:
    problem = Problem(
        path=_PROGRAM,
        value="",
        allowed="is not on PATH",
        hint="Install the Pulumi CLI, then see `python -m infra doctor`",
    )
    return RefusedError("the engine can't be asked", [problem])
