"""`journalctl -u UNIT` inside a guest."""

from __future__ import annotations

import argparse
import subprocess
import sys

from lab.nodes.real.vps.guest import journal
from lab.nodes.real.vps.guest.units import full_name


def main(arguments: list[str]) -> int:
    """Prints what units said; 1 without a unit."""
    parser = argparse.ArgumentParser("journalctl")
    parser.add_argument("-u", "--unit", action="append", default=[])
    parser.add_argument("-n", "--lines", type=int, default=1000)
    parser.add_argument("-f", "--follow", action="store_true")
    known, _ignored = parser.parse_known_args(arguments)
    if not known.unit:
        sys.stderr.write(f"which unit? journalctl -u UNIT; all are in {journal.FOLDER}\n")
        return 1
    units = [full_name(name) for name in known.unit]
    for name in units:
        lines = journal.tail(name, known.lines)
        sys.stdout.write("\n".join(lines or [f"-- No entries for {name} --"]) + "\n")
    sys.stdout.flush()
    if not known.follow:
        return 0
    return subprocess.call(["tail", "-q", "-n0", "-F", *(str(journal.path(name)) for name in units)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
