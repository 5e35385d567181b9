"""The machine's clock."""

from datetime import UTC, datetime

import pytest

from infra.operate.doctor.clock import clock_check

NOW = datetime(2027, 1, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("provider", "status"),
    [
        ("Fri, 01 Jan 2027 12:00:30 GMT", "ok"),
        ("Fri, 01 Jan 2027 12:02:00 GMT", "warning"),
        ("Fri, 01 Jan 2027 11:00:00 GMT", "missing"),
        ("soon", "ok"),
        (None, "ok"),
    ],
)
def test_against_the_provider(provider, status):
    assert clock_check(NOW, provider_date=provider, synchronised=None).status == status


@pytest.mark.parametrize(("synchronised", "status"), [(True, "ok"), (False, "warning"), (None, "ok")])
def test_alone(synchronised, status):
    assert clock_check(NOW, provider_date=None, synchronised=synchronised).status == status


def test_a_clock_that_was_never_set():
    """The catalog is older than now."""
    check = clock_check(datetime(1970, 1, 1, tzinfo=UTC), provider_date=None, synchronised=None)
    assert check.status == "missing"
