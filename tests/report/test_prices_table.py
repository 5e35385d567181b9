"""Prices as cells, and as Markdown."""

from decimal import Decimal

import pytest

from infra.planner.plan_for import plan_for
from infra.prices.listing import list_prices
from infra.report.prices_markdown import prices_markdown
from infra.report.prices_table import HEADER, by_provider, cells


@pytest.fixture(scope="module")
def rows():
    return list_prices(plan_for, ["hetzner", "vultr"], [1, 5])


def test_cells_are_the_headers(rows):
    found = list(cells(rows, Decimal(10)))
    assert {len(one) for one in found} == {len(HEADER)}
    assert found[0][:4] == ("1", "1-200", "cx23", "5.49")
    assert found[1][4] == "1 x cx33: 8.49"
    assert [one[8] for one in found[:2]] == ["8.28 EUR", "39.21 EUR (above)"]


def test_one_table_for_each_provider(rows):
    assert list(by_provider(rows)) == ["hetzner", "vultr"]
    text = prices_markdown(rows, None)
    assert text.count("| stage | customers |") == 2
    assert "### vultr, fra: USD, prices of 2026-" in text
