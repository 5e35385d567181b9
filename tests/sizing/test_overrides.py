"""Changes to a stage."""

import pytest
from pydantic import ValidationError

from infra.sizing.overrides import apply_overrides
from infra.stack_file.overrides import StageOverrides
from infra.units import Memory
from stacks import STAGES


def changed(stage=1, **values):
    return apply_overrides(STAGES[stage], StageOverrides.model_validate(values))


class TestApply:
    def test_only_what_is_named(self):
        """The rest of the pool stays the guide's."""
        stage, _ = changed(pools={"default": {"memory_limit": "1Gi"}})
        assert stage.pools[0].memory_limit == Memory.gib(1)
        assert stage.pools[0].concurrency == STAGES[1].pools[0].concurrency
        assert stage.django == STAGES[1].django

    def test_is_shown_beside_what_it_replaced(self):
        _, shown = changed(pools={"default": {"memory_limit": "1Gi"}}, django={"threads": 8})
        assert {(one.field, one.guide, one.plan) for one in shown} == {
            ("overrides.django.threads", "4", "8"),
            ("overrides.pools.default.memory_limit", "768Mi", "1024Mi"),
        }

    def test_nothing_to_change(self):
        assert changed() == (STAGES[1], ())

    def test_the_shipped_stage_stays(self):
        """A second stack in the same process gets the guide's numbers."""
        before = STAGES[1].model_dump()
        changed(django={"threads": 8})
        assert STAGES[1].model_dump() == before


class TestRefused:
    def test_a_pool_that_the_stage_does_not_have(self):
        with pytest.raises(KeyError, match="slow"):
            changed(pools={"slow": {"concurrency": 2}})

    def test_what_breaks_a_rule_of_the_stage(self):
        """Merged, then validated again."""
        with pytest.raises(ValidationError, match="memory"):
            changed(pools={"default": {"memory_limit": "256Mi"}})
