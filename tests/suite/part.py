"""One part of a test run, and the reasons for which a machine can't run it."""

from __future__ import annotations

import functools
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lab.nodes.real.vps.possible import why_not

PYTEST = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider")
Reason = Callable[[], str | None]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A command with a name.

    Args:
        name: As the run prints it.
        command: Program and arguments; pytest's counts are read where it is one of pytest.
        needs: None where this machine can run the part, else one line that says why it can't.
    """

    name: str
    command: tuple[str, ...]
    needs: Reason = lambda: None


def pytest_part(name: str, *arguments: str, needs: Reason = lambda: None, nice: bool = False) -> Part:
    """A part that is a run of pytest; `nice` where others may go first."""
    lower = ("nice", "-n", "10") if nice else ()
    return Part(name=name, command=(*lower, *PYTEST, "-q", "--durations=8", *arguments), needs=needs)


def root() -> str | None:
    """Images are made as root."""
    return None if os.geteuid() == 0 else "needs root"


@functools.cache
def real_servers() -> str | None:
    """Servers that are sandboxes; asked once, because it tries one."""
    return why_not()


def programs(*names: str) -> Reason:
    """Programs of Debian's packages, on PATH or where Debian puts them."""

    def reason() -> str | None:
        missing = [name for name in names if not _found(name)]
        return f"missing: {', '.join(missing)} (`make programs` says what to install)" if missing else None

    return reason


def _found(name: str) -> bool:
    return bool(
        shutil.which(name)
        or Path("/usr/sbin", name).exists()
        or list(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    )
