"""Fallbacks: types that are sold out, retired, or not in the region."""

from dataclasses import replace

import pytest

from infra.clouds.catalog.instance_type import RETIRED, SOLD_OUT
from infra.errors import ConfigError
from infra.sizing.choose import candidates
from infra.sizing.inputs import PlanInputs
from infra.sizing.make_plan import make_plan
from stacks import STAGES
from tests.plans import catalog
from tests.preflight.past import PAST


def changed(**stocks):
    return with_rows(lambda row: replace(row, stock=stocks.get(row.name, row.stock)))


def with_rows(change):
    return replace(catalog(), instance_types=tuple(map(change, catalog().instance_types)))


def chosen(known, *, stage=2, region="nbg1", recorded=None, pin=None):
    inputs = PlanInputs(provider="hetzner", region=region, instance_type=pin)
    return make_plan(STAGES[stage], inputs=inputs, catalog=known, recorded=recorded).server.instance_type


class TestOrder:
    def test_the_next_in_order(self):
        assert chosen(changed()) == "cx33"
        assert chosen(changed(cx33=SOLD_OUT)) == "cpx32"
        assert chosen(changed(cx33=SOLD_OUT, cpx32=RETIRED)) == "cx43"

    def test_not_in_the_region(self):
        elsewhere = with_rows(lambda row: replace(row, regions=("fsn1",)) if row.name == "cx33" else row)
        assert chosen(elsewhere) == "cpx32"
        assert chosen(elsewhere, region="fsn1") == "cx33"

    def test_nothing_is_left(self):
        gone = with_rows(lambda row: replace(row, stock=SOLD_OUT))
        with pytest.raises(ConfigError, match=r"look at stagecoach:catalog\.sold_out"):
            chosen(gone)

    def test_candidates_of_a_stage(self):
        names = [row.name for row in candidates(changed(cx33=RETIRED), region="nbg1", memory_gib=8, vcpu=4)]
        assert names == ["cpx32", "cx43", "cpx42", "cx53", "cpx62"]


class TestRunning:
    def test_keeps_a_retired_type(self):
        """A price list may drop it; the server runs on."""
        recorded = replace(PAST, stage=2)
        assert chosen(changed(cx33=RETIRED), recorded=recorded) == "cx33"
        assert chosen(changed(cx33=RETIRED), recorded=recorded, pin="cx33") == "cx33"


class TestPin:
    def test_of_a_sold_out_type_is_refused(self):
        with pytest.raises(ConfigError, match="the instance type is sold out") as refused:
            chosen(changed(cx43=SOLD_OUT), pin="cx43")
        assert "stagecoach:instance_type = cx43 (sold out): one of ccx13, " in str(refused.value)
