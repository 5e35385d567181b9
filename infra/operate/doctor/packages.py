"""Check Python and its packages."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

from packaging.markers import Marker

from infra.operate.doctor.check import Check, missing, ok
from infra.versions import NEWEST_PYTHON, OLDEST_PYTHON

_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^ ;\\]+)(?: *; *([^\\\n]+))?", re.MULTILINE)
_SETUP = "make setup, then source .venv/bin/activate"
_SHOWN = 4


def python_check(version: tuple[int, ...] = sys.version_info[:3]) -> Check:
    """Check the version of the interpreter that runs this program."""
    found = ".".join(map(str, version))
    if not OLDEST_PYTHON <= version[:2] <= NEWEST_PYTHON:
        oldest, newest = (".".join(map(str, one)) for one in (OLDEST_PYTHON, NEWEST_PYTHON))
        return missing("Python", found, f"Install a Python from {oldest} to {newest}; then {_SETUP}")
    return ok("Python", found)


def packages_check(requirements: Path, installed: Callable[[str], str] = metadata.version) -> Check:
    """Check that each pin of requirements.txt is installed, except pins for other systems.

    Args:
        requirements: the file of pins.
        installed: returns the installed version of a package.
    """
    try:
        lines = _PIN.findall(requirements.read_text())
    except OSError:
        return missing("packages", f"there is no {requirements}", "Run it in the checkout's folder")
    pins = {name: version for name, version, marker in lines if not marker or Marker(marker).evaluate()}
    wrong = list(_differences(pins, installed))
    if not wrong:
        return ok("packages", f"{len(pins)}, as in {requirements.name}")
    more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
    return missing("packages", ", ".join(wrong[:_SHOWN]) + more, _SETUP[0].upper() + _SETUP[1:])


def _differences(pins: dict[str, str], installed: Callable[[str], str]) -> Iterator[str]:
    for name, wanted in pins.items():
        try:
            has = installed(name)
        except metadata.PackageNotFoundError:
            has = "nothing"
        if has != wanted:
            yield f"{name} {wanted} is wanted, {has} is installed"
