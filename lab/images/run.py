"""Runs a builder's command; what it printed is shown only where it fails."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from infra.errors import Problem, StagecoachError
from lab.paths import full_disk_hint

_LAST_LINES = 12
_DISK_FULL = re.compile(r"no space left on device", re.IGNORECASE)
_SECONDS = 1200  # a mirror that stalls must not hold the lock for ever


def run(command: list[str], what: str, *, cwd: Path | None = None) -> str:
    """The command's standard output.

    Raises:
        StagecoachError: the program is missing, took too long or failed; the message has its last lines.
    """
    if shutil.which(command[0]) is None:
        hint = "`sh tools/debian.sh` installs it on Debian"
        raise _error(what, Problem(path=command[0], value="", allowed="is needed to make images", hint=hint))
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        problem = Problem(
            path=command[0], value=f"{_SECONDS} s", allowed="did not end", hint="Does the mirror answer? Try again"
        )
        raise _error(what, problem) from error
    if done.returncode:
        text = "\n    ".join([*done.stdout.splitlines()[-_LAST_LINES:], *done.stderr.splitlines()[-_LAST_LINES:]])
        hint = full_disk_hint() if _DISK_FULL.search(text) else "Mend it and run the command again"
        said = f"the last lines of {command[0]} are\n    {text}"
        raise _error(what, Problem(path=command[0], value=f"exit {done.returncode}", allowed=said, hint=hint))
    return done.stdout


def _error(what: str, problem: Problem) -> StagecoachError:
    return StagecoachError(f"{what} could not be made", [problem])
