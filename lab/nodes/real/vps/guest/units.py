"""Unit files: what of systemd.syntax, systemd.unit, systemd.service and systemd.mount the lab's services use."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

FOLDERS = (Path("/etc/systemd/system"), Path("/run/systemd/system"), Path("/usr/lib/systemd/system"))
_UNITS = {"": 1, "s": 1, "sec": 1, "seconds": 1, "ms": 0.001, "m": 60, "min": 60, "h": 3600, "hr": 3600}
_TRUE = ("1", "yes", "true", "on")
Sections = dict[str, dict[str, list[str]]]


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One unit as its file says; lists are empty where it says nothing."""

    name: str
    sections: Sections = field(default_factory=dict)
    fstab: bool = False

    @property
    def description(self) -> str:
        """What people read."""
        return self.last("Unit", "Description") or self.name

    def values(self, section: str, key: str) -> list[str]:
        """Every value, in order; an empty one had reset those before it."""
        return self.sections.get(section, {}).get(key, [])

    def words(self, section: str, key: str) -> list[str]:
        """The words of all values."""
        return [word for value in self.values(section, key) for word in value.split()]

    def last(self, section: str, key: str, default: str = "") -> str:
        """The value that counts where only one can."""
        values = self.values(section, key)
        return values[-1] if values else default

    def true(self, section: str, key: str) -> bool:
        """A switch; off where nothing is said."""
        return self.last(section, key).lower() in _TRUE

    def seconds(self, section: str, key: str, default: float | None) -> float | None:
        """A time span; None is no limit (0 and `infinity`)."""
        value = self.last(section, key)
        return timespan(value) if value else default


def parse(text: str) -> Sections:
    """Sections, keys, values; comments and continued lines are resolved.

    Raises:
        ValueError: a line that is neither section, comment nor assignment.
    """
    sections: Sections = {}
    current: dict[str, list[str]] = {}
    for line in re.sub(r"\\\n", " ", text).splitlines():
        line = line.strip()  # noqa: PLW2901  the same line
        if not line or line[0] in "#;":
            continue
        if line[0] == "[" and line[-1] == "]":
            current = sections.setdefault(line[1:-1], {})
            continue
        key, equals, value = line.partition("=")
        if not equals:
            raise ValueError(f"not an assignment: {line}")
        if value.strip():
            current.setdefault(key.strip(), []).append(value.strip())
        else:
            current[key.strip()] = []
    return sections


def timespan(text: str) -> float | None:
    """Seconds of `5s`, `1min 30s`, `90`; None where there is no limit."""
    if text in ("infinity", "0"):
        return None
    parts = re.findall(r"([\d.]+)\s*([a-z]*)", text)
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def mount_name(path: str) -> str:
    """The mount unit's name of a mount point, as systemd-escape writes it."""
    plain = "/".join(part for part in path.split("/") if part)
    if not plain:
        return "-.mount"
    escaped = re.sub(
        r"[^A-Za-z0-9:_./]|^\.", lambda found: "".join(f"\\x{one:02x}" for one in found[0].encode()), plain
    )
    return f"{escaped.replace('/', '-')}.mount"


def from_fstab(text: str) -> list[Unit]:
    """A mount unit for every line of fstab that is mounted at boot."""
    units = []
    for line in text.splitlines():
        fields = line.split("#", 1)[0].split()
        if len(fields) < 4 or "noauto" in fields[3].split(",") or fields[1] in ("none", "/"):  # noqa: PLR2004
            continue
        what, where, kind, options = fields[:4]
        section = {"What": [what], "Where": [where], "Type": [kind], "Options": [options]}
        units.append(Unit(name=mount_name(where), sections={"Unit": {}, "Mount": section}, fstab=True))
    return units


def load(name: str, folders: tuple[Path, ...] = FOLDERS, fstab: Path = Path("/etc/fstab")) -> Unit | None:
    """The unit of that name, or None; a file goes before fstab.

    Raises:
        ValueError: its file can't be read as a unit.
    """
    for folder in folders:
        path = folder / name
        if path.exists():
            text = "" if path.is_symlink() and str(path.readlink()) == "/dev/null" else path.read_text()
            return Unit(name=name, sections=parse(text))
    lines = fstab.read_text() if fstab.exists() else ""
    return next((unit for unit in from_fstab(lines) if unit.name == name), None)


def full_name(name: str) -> str:
    """`k3s` is `k3s.service`."""
    return name if re.search(r"\.(service|mount|target|socket|timer)$", name) else f"{name}.service"


def command(line: str) -> tuple[bool, list[str]]:
    """An ExecStart line: whether its failure is ignored, and its words."""
    prefix = re.match(r"[-@:+!]*", line)
    marks = prefix[0] if prefix else ""
    return "-" in marks, shlex.split(line[len(marks) :])
