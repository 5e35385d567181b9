"""A plan that is not sound is refused, with every reason."""

from dataclasses import replace
from decimal import Decimal

import pytest

from infra.errors import RefusedError
from infra.sizing.plan import Check, Remedy
from infra.sizing.sound import require_sound
from tests.plans import stage_plan

PLAN = stage_plan(1)
BROKEN = Check(name="web-memory", ok=False, reason="600 > 512", field="overrides.django.memory")


def refusal(plan):
    with pytest.raises(RefusedError) as found:
        require_sound(plan)
    return [str(problem) for problem in found.value.problems]


def test_a_sound_plan_passes():
    assert (PLAN.sound, PLAN.broken, PLAN.faults) == (True, (), ())
    require_sound(PLAN)


def test_what_does_not_fit():
    plan = replace(PLAN, fits=False, missing=("django: 100 MiB",))
    assert plan.faults == ("does not fit: django: 100 MiB",)
    assert not plan.sound
    (said,) = refusal(plan)
    assert said.endswith("does not fit: django: 100 MiB. Name another instance type, or ask for less")


def test_a_broken_contract():
    """The pods may fit all the same."""
    plan = replace(PLAN, checks=(*PLAN.checks, BROKEN))
    assert (plan.fits, plan.sound, plan.broken) == (True, False, (BROKEN,))
    assert plan.faults == ("web-memory: 600 > 512 (stagecoach:overrides.django.memory)",)
    (said,) = refusal(plan)
    assert said.endswith("contract web-memory: 600 > 512. Set stagecoach:overrides.django.memory")


def test_everything_at_once_and_what_helps():
    remedy = Remedy(
        change="instance_type cx33",
        effect="fits cx33, 12.42 EUR a month",
        price=Decimal("12.42"),
        currency="EUR",
        within_budget=True,
    )
    plan = replace(PLAN, fits=False, missing=("a", "b"), checks=(BROKEN,), remedies=(remedy,))
    said = refusal(plan)
    assert len(said) == 3
    assert "What helps, each planned: instance_type cx33 (fits cx33, 12.42 EUR a month)" in said[0]
