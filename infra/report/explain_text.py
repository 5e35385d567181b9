"""Print explanations as tables, one for each workload, on terminals and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from infra.sizing.explain import Explanation


def print_explanations(explanations: Iterable[Explanation]) -> None:
    """Print each amount with its formula, reason, the tier guide's number, and its value without overrides."""
    from infra.report.console import new_console  # noqa: PLC0415  Markdown needs none of it
    from infra.report.grid import Grid, fits, print_blocks, print_grid  # noqa: PLC0415  as above

    console = new_console()
    groups = list(_by_workload(explanations))
    tables = [
        Grid(header=_header(rows), rows=list(_cells(rows)), title=workload, title_left=True)
        for workload, rows in groups
    ]
    # All tables have the same form, so that a reader finds an amount in the same place.
    if all(fits(console, one) for one in tables):
        for one in tables:
            print_grid(console, one)
        return
    for workload, rows in groups:
        amount, _, *others = _header(rows)
        short = [
            (f"{field}: {value}", *("" if one == "-" else one for one in rest)) for field, value, *rest in _cells(rows)
        ]
        print_blocks(console, Grid(header=(amount, *others), rows=short, title=workload))


def explanations_markdown(explanations: Iterable[Explanation]) -> str:
    """Return the same tables as Markdown, each under its workload's name."""
    from infra.report.markdown import table  # noqa: PLC0415  `plan` as text needs none of it
    from infra.report.markdown_text import code, plain  # noqa: PLC0415

    lines: list[str] = []
    for workload, rows in _by_workload(explanations):
        cells = ((code(field), *map(plain, rest)) for field, *rest in _cells(rows))
        lines += [f"### {plain(workload)}", "", *table(_header(rows), cells), ""]
    return "\n".join(lines)


def _by_workload(explanations: Iterable[Explanation]) -> Iterator[tuple[str, tuple[Explanation, ...]]]:
    for workload, group in groupby(explanations, key=lambda one: one.workload):
        yield workload, tuple(group)


def _header(rows: Sequence[Explanation]) -> tuple[str, ...]:
    """Return the columns' names; the last two only if a row has such a number."""
    guide = ("guide",) if any(one.guide for one in rows) else ()
    without = ("without overrides",) if any(one.without_overrides for one in rows) else ()
    return ("amount", "value", "how", "why", *guide, *without)


def _cells(rows: Sequence[Explanation]) -> Iterator[tuple[str, ...]]:
    """Yield each row's cells, one for each column of the header."""
    header = _header(rows)
    for one in rows:
        guide = (one.guide or "-",) if "guide" in header else ()
        without = (one.without_overrides or "-",) if "without overrides" in header else ()
        yield (one.field, one.value, _how(one), one.source, *guide, *without)


def _how(one: Explanation) -> str:
    """Return the formula with its inputs' values; an input has a source only if a person decided it."""
    if [put.name for put in one.inputs] == [one.rule]:
        return f"{one.rule}, as {one.inputs[0].source} says" if _from(one.inputs[0].source) else one.rule
    inputs = ", ".join(f"{put.name} {put.value}{_from(put.source)}" for put in one.inputs)
    return f"{one.rule}: {inputs}" if inputs else one.rule


def _from(source: str) -> str:
    return "" if source in ("computed", "constant") else f" ({source})"
