"""Prices as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rich.table import Table

from infra.catalog.age import as_of
from infra.cli.console import new_console
from infra.prices.listing import StagePrice
from infra.prices.table import HEADER, NOTE, by_provider, cells


def print_prices(rows: Sequence[StagePrice], budget: Decimal | None) -> None:
    """One table for each provider."""
    console = new_console()
    for provider, own in by_provider(rows).items():
        title = f"{provider}, {own[0].region}: {own[0].price.currency}, prices of {as_of(provider).isoformat()}"
        table = Table(*HEADER, title=title)
        for row in cells(own, budget):
            table.add_row(*row)
        console.print(table)
    console.print(NOTE)
