"""What a unit needs of others and of the file system."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lab.nodes.real.vps.guest.units import Unit, mount_name

_CHECKS: dict[str, Callable[[Path], bool]] = {
    "PathExists": Path.exists,
    "PathIsDirectory": Path.is_dir,
    "FileNotEmpty": lambda path: path.is_file() and path.stat().st_size > 0,
    "FileIsExecutable": lambda path: path.is_file() and bool(path.stat().st_mode & 0o111),
}


def requires(unit: Unit, exists: Callable[[str], bool]) -> list[str]:
    """Units without which this one does not start; targets are reached here and not listed."""
    named = [*unit.words("Unit", "Requires"), *unit.words("Unit", "BindsTo")]
    return [*(name for name in named if not name.endswith(".target")), *mounts(unit, exists)]


def mounts(unit: Unit, exists: Callable[[str], bool]) -> list[str]:
    """Mount units above the paths of RequiresMountsFor, and above a mount's own point and bind source."""
    paths = unit.words("Unit", "RequiresMountsFor")
    if unit.name.endswith(".mount"):
        where, what = unit.last("Mount", "Where"), unit.last("Mount", "What")
        paths = [
            *paths,
            str(Path(where).parent),
            *([what] if what.startswith("/") and not what.startswith("/dev/") else []),
        ]
    names = [mount_name(str(folder)) for path in paths for folder in (Path(path), *Path(path).parents)]
    return list(dict.fromkeys(name for name in names if name not in ("-.mount", unit.name) and exists(name)))


def missing(unit: Unit, kind: str) -> str:
    """The first of `Assert...` or `Condition...` that is not met, or nothing; unknown checks count as met."""
    for check, met in _CHECKS.items():
        key = f"{kind}{check}"
        for value in unit.values("Unit", key):
            negated = value.startswith("!")
            if met(Path(value.lstrip("!|"))) is negated:
                return f"{key}={value}"
    return ""
