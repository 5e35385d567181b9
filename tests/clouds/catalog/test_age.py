"""The catalog's age."""

from datetime import timedelta

from infra.clouds import CLOUDS
from infra.clouds.catalog.age import MOST_DAYS, as_of, warnings


def test_ninety_days_are_no_warning():
    assert warnings(["hetzner"], as_of("hetzner") + timedelta(days=MOST_DAYS)) == ()


def test_ninety_one_are():
    day = as_of("hetzner") + timedelta(days=91)
    (line,) = warnings(["hetzner"], day)
    assert line.startswith("the prices of hetzner are 91 days old (infra/clouds/hetzner/catalog.py, 2026-")


def test_one_line_for_each_provider():
    assert len(warnings(CLOUDS, max(map(as_of, CLOUDS)) + timedelta(days=1000))) == 3


def test_every_row_is_dated_and_sourced():
    rows = [row for cloud in CLOUDS.values() for row in cloud.catalog.instance_types]
    assert [row.name for row in rows if not row.source or row.as_of < as_of("hetzner")] == []
