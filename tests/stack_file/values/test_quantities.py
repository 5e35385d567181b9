"""Amounts of money in stack files and options."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.stack_file.values.quantities import parse_money


@pytest.mark.parametrize(("given_", "amount"), [(60, "60"), (59.5, "59.5"), ("59.50", "59.50"), ("1e2", "100")])
def test_amounts(given_, amount):
    assert parse_money(given_) == Decimal(amount)


@pytest.mark.parametrize(
    "value", [0, -1, "0.00", "60 EUR", "60€", "", None, True, "nan", "inf", "sNaN", "1.234", "1e300", [], {"EUR": 1}]
)
def test_refused(value):
    with pytest.raises(ValueError, match="an amount above 0 in the provider's currency"):
        parse_money(value)


@given(st.one_of(st.text(), st.floats(), st.integers()))
def test_an_amount_or_a_message(value):
    try:
        amount = parse_money(value)
    except ValueError:
        return
    assert amount > 0
    assert amount == round(amount, 2)
