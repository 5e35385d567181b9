"""Runs the system's programs; what fails says how."""

from __future__ import annotations

import subprocess

from infra.errors import Problem, StagecoachError

_SECONDS = 120


def run(*command: str, stdin: str | None = None, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Runs one program to its end.

    Raises:
        StagecoachError: it failed and `check` is set; the message has what it printed.
    """
    try:
        done = subprocess.run(
            command,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    except FileNotFoundError as error:
        raise StagecoachError("a program is missing", [_problem(command, str(error))]) from None
    if check and done.returncode:
        raise StagecoachError(f"{command[0]} failed", [_problem(command, done.stderr.strip() or done.stdout.strip())])
    return done


def _problem(command: tuple[str, ...], said: str) -> Problem:
    return Problem(
        path=" ".join(command),
        value="",
        allowed=f"it says `{said or 'nothing'}`",
        hint="`make reset` forgets the lab's servers; LAB=simulated does without them",
    )
