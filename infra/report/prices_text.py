"""Print prices as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from infra.clouds.catalog.age import as_of
from infra.prices.listing import StagePrice
from infra.report.console import new_console
from infra.report.grid import Grid, fits, print_blocks, print_grid
from infra.report.prices_table import HEADER, NOTE, by_provider, cells

_SUMS = ("customers", "a month", "per customer", "if sold out")
_READABLE = 13  # characters of a column


def print_prices(rows: Sequence[StagePrice], budget: Decimal | None) -> None:
    """Print one table for each provider."""
    console = new_console()
    for provider, own in by_provider(rows).items():
        title = f"{provider}, {own[0].region}: {own[0].price.currency}, prices of {as_of(provider).isoformat()}"
        whole = Grid(header=HEADER, rows=list(cells(own, budget)), title=title, readable=_READABLE)
        if fits(console, whole):
            print_grid(console, whole)
        elif all(fits(console, half) for half in _halves(whole)):
            for half in _halves(whole):
                print_grid(console, half)
        else:
            stages = [(f"stage {stage}", *rest) for stage, *rest in whole.rows]
            print_blocks(console, Grid(header=HEADER, rows=stages, title=title))
    console.print(NOTE)


def _halves(whole: Grid) -> tuple[Grid, Grid]:
    """Return a table of sums, and one of their parts: all eleven columns in one table need 130 characters."""
    parts = tuple(name for name in HEADER[1:] if name not in _SUMS)
    return _some(whole, _SUMS, whole.title), _some(whole, parts, "a month's parts")


def _some(whole: Grid, names: Sequence[str], title: str) -> Grid:
    """Return a table of the stage and the named columns."""
    wanted = [0, *(HEADER.index(name) for name in names)]
    rows = [[row[index] for index in wanted] for row in whole.rows]
    return Grid(header=[HEADER[index] for index in wanted], rows=rows, title=title, readable=_READABLE)
