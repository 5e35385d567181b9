"""Write prices as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from infra.clouds.catalog.age import as_of
from infra.prices.listing import StagePrice
from infra.report.prices_table import HEADER, NOTE, by_provider, cells


def prices_markdown(rows: Sequence[StagePrice], budget: Decimal | None) -> str:
    """Return a table for each provider."""
    return "\n".join(_lines(rows, budget)) + "\n"


def _lines(rows: Sequence[StagePrice], budget: Decimal | None) -> Iterator[str]:
    for provider, own in by_provider(rows).items():
        yield f"### {provider}, {own[0].region}: {own[0].price.currency}, prices of {as_of(provider).isoformat()}"
        yield ""
        yield f"| {' | '.join(HEADER)} |"
        yield "|" + "---|" * len(HEADER)
        for row in cells(own, budget):
            yield f"| {' | '.join(row)} |"
        yield ""
    yield NOTE
