"""Explanations as tables, one for each workload."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from rich.table import Table
from rich.text import Text

from infra.cli.console import new_console
from infra.sizing.explain import Explanation


def print_explanations(explanations: Iterable[Explanation]) -> None:
    """Amount, how it was computed, why so, the guide's number, and what it would be without overrides."""
    console = new_console()
    for workload, group in groupby(explanations, key=lambda one: one.workload):
        console.print(_table(workload, tuple(group)))


def _table(workload: str, rows: tuple[Explanation, ...]) -> Table:
    guide = any(one.guide for one in rows)
    without = any(one.without_overrides for one in rows)
    table = Table("amount", "value", "how", "why", title=workload, title_justify="left")
    if guide:
        table.add_column("guide")
    if without:
        table.add_column("without overrides")
    for one in rows:
        cells = [one.field, one.value, _how(one), one.source]
        cells += [one.guide or "-"] if guide else []
        cells += [one.without_overrides or "-"] if without else []
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _how(one: Explanation) -> str:
    """The formula, then its inputs with their values; where they come from only if a person decided them."""
    if [put.name for put in one.inputs] == [one.rule]:
        return f"{one.rule}, as {one.inputs[0].source} says" if _from(one.inputs[0].source) else one.rule
    inputs = ", ".join(f"{put.name} {put.value}{_from(put.source)}" for put in one.inputs)
    return f"{one.rule}: {inputs}" if inputs else one.rule


def _from(source: str) -> str:
    return "" if source in ("computed", "constant") else f" ({source})"
