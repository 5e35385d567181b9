"""`systemctl` inside a guest, as far as the stack's scripts and people need it."""

from __future__ import annotations

import json
import socket
import sys
import time
from pathlib import Path
from typing import Any

from lab.nodes.real.vps.guest.control import SOCKET
from lab.nodes.real.vps.guest.units import FOLDERS, full_name, load

ETC = Path("/etc/systemd/system")


def main(arguments: list[str]) -> int:
    """The exit code, as systemctl's."""
    options = [word for word in arguments if word.startswith("-")]
    verb, *units = [word for word in arguments if not word.startswith("-")] or ["list-units"]
    if verb in ("enable", "disable"):
        code = enable(units) if verb == "enable" else disable(units)
        if code == 0 and "--now" in options:
            return ask("start" if verb == "enable" else "stop", units, options)
        return code
    if verb == "is-enabled":
        states = ["enabled" if enabled(full_name(name)) else "disabled" for name in units]
        sys.stdout.write("\n".join(states) + "\n")
        return int("disabled" in states)
    while verb == "is-system-running" and "--wait" in options and request(verb, [])["output"] == "starting":
        time.sleep(0.1)
    return ask(verb, units, options)


def ask(verb: str, units: list[str], options: list[str]) -> int:
    """Asks process 1 and prints its answer."""
    answer = request(verb, units)
    if answer["output"] and not {"-q", "--quiet"} & set(options):
        sys.stdout.write(answer["output"] + "\n")
    if answer["errors"]:
        sys.stderr.write(answer["errors"] + "\n")
    return int(answer["code"])


def request(verb: str, units: list[str]) -> dict[str, Any]:
    """Process 1's answer; one that says so where it does not answer."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(SOCKET)
            connection.sendall(json.dumps({"verb": verb, "units": units}).encode() + b"\n")
            line, reason = connection.makefile().readline(), "Connection terminated"
        except OSError as error:
            line, reason = "", f"Failed to connect to bus: {error.strerror}"
    answer: dict[str, Any] = json.loads(line) if line else {"code": 1, "output": "", "errors": reason}
    return answer


def enable(units: list[str], etc: Path = ETC, folders: tuple[Path, ...] = FOLDERS) -> int:
    """Links units where their WantedBy says; 1 where there is no such unit."""
    for name in map(full_name, units):
        unit = load(name, folders)
        if unit is None:
            sys.stderr.write(f"Failed to enable unit: Unit file {name} does not exist.\n")
            return 1
        source = next(folder / name for folder in folders if (folder / name).exists())
        for link in _links(etc, name, unit.words("Install", "WantedBy")):
            if link.is_symlink():
                continue
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(source)
            sys.stderr.write(f"Created symlink {link} -> {source}.\n")
    return 0


def disable(units: list[str], etc: Path = ETC) -> int:
    """Takes the links away."""
    for name in map(full_name, units):
        for link in etc.glob(f"*.wants/{name}"):
            link.unlink()
            sys.stderr.write(f"Removed {link}.\n")
    return 0


def enabled(name: str, etc: Path = ETC) -> bool:
    """Whether it starts with the machine."""
    return any(link.is_symlink() for link in etc.glob(f"*.wants/{name}"))


def _links(etc: Path, name: str, targets: list[str]) -> list[Path]:
    return [etc / f"{target}.wants" / name for target in targets]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
