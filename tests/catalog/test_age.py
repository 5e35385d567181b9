"""The catalog's age."""

from datetime import timedelta

from infra.catalog import INSTANCE_TYPES
from infra.catalog.age import MOST_DAYS, as_of, warnings


def test_ninety_days_are_no_warning():
    assert warnings(["hetzner"], as_of("hetzner") + timedelta(days=MOST_DAYS)) == ()


def test_ninety_one_are():
    day = as_of("hetzner") + timedelta(days=91)
    (line,) = warnings(["hetzner"], day)
    assert line.startswith("the prices of hetzner are 91 days old (infra/catalog/hetzner.py, 2026-")


def test_one_line_for_each_provider():
    assert len(warnings(INSTANCE_TYPES, max(map(as_of, INSTANCE_TYPES)) + timedelta(days=1000))) == 3


def test_every_row_is_dated_and_sourced():
    rows = [row for rows in INSTANCE_TYPES.values() for row in rows]
    assert [row.name for row in rows if not row.source or row.as_of < as_of("hetzner")] == []
