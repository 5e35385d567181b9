"""The tables of `make proof`: the parts with what they prove, and the verdict at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from tests.proof.memory import Record
from tests.proof.parts import Proof


def print_list(proofs: Sequence[Proof], last: Mapping[str, Record], proved: Mapping[str, Record]) -> None:
    """Every part: its name, how long it took last, whether this content is proved, what it proves."""
    table = Table("part", "took last", "this content", "proves", box=None, pad_edge=False)
    for one in proofs:
        before = last.get(one.name)
        took = f"{before.seconds:.0f} s" if before else "never run"
        table.add_row(one.name, took, "proved" if one.name in proved else "not proved", one.proves)
    Console().print(table)


def print_verdict(
    proofs: Sequence[Proof], found: Mapping[str, Record], fresh: set[str], left_out: Mapping[str, str]
) -> None:
    """One line a part, the red ones first.

    Args:
        proofs: The parts that were asked for.
        found: The last run of each on this content, if there was one.
        fresh: Names of those that ran now; the others are remembered.
        left_out: Why this machine could not run a part, by its name.
    """
    table = Table("part", "passed", "tests", "took", "when", "commit", box=None, pad_edge=False)
    for one in sorted(proofs, key=lambda one: _rank(found.get(one.name), left_out=one.name in left_out)):
        record = found.get(one.name)
        if record:
            tests = f"{record.counts[0]} of {sum(record.counts)}"
            verdict = ("yes" if one.name in fresh else "yes, earlier") if record.passed else "NO"
            table.add_row(one.name, verdict, tests, f"{record.seconds:.0f} s", record.when, record.commit)
        else:
            table.add_row(one.name, "left out" if one.name in left_out else "not run")
    Console().print(table)
    for name, reason in left_out.items():
        print(f"left out: {name}: {reason}")


def _rank(record: Record | None, *, left_out: bool) -> int:
    """Red, not run, left out, green."""
    if record:
        return 3 if record.passed else 0
    return 2 if left_out else 1
