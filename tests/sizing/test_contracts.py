"""Each contract can be broken, and then names the field to change."""

import pytest

from infra.config.parse import parse_config
from infra.config.resolve import plan_for
from infra.errors import ConfigError, RefusedError
from infra.program import require_sound

BASE = {
    "stagecoach:name": "shop",
    "stagecoach:provider": "hetzner",
    "stagecoach:region": "nbg1",
    "stagecoach:image": "registry.example/shop:1",
    "stagecoach:admin_cidrs": ["203.0.113.0/24"],
    "stagecoach:stage": 2,
}


def plan_with(overrides, **more):
    keys = {f"stagecoach:{key}": value for key, value in more.items()}
    return plan_for(parse_config({**BASE, "stagecoach:overrides": overrides, **keys}, title="test"))


def broken(overrides):
    return {check.name: check.field for check in plan_with(overrides).checks if not check.ok}


class TestBroken:
    def test_visibility_timeout(self):
        """A task may run longer than Redis waits."""
        assert broken({"visibility_timeout": 650}) == {"visibility-timeout/default": "overrides.visibility_timeout"}

    def test_countdown(self):
        """An ETA beyond the visibility timeout is delivered twice."""
        assert broken({"longest_countdown": 4000}) == {"visibility-timeout/default": "overrides.visibility_timeout"}

    def test_children_memory(self):
        """Sixteen children do not fit into 1Gi."""
        assert broken({"pools": {"default": {"concurrency": 16}}}) == {
            "children-memory/default": "overrides.pools.default.memory_limit",
        }

    def test_refused_with_the_field(self):
        """The program stops before anything is registered."""
        with pytest.raises(RefusedError, match=r"Change stagecoach:overrides\.visibility_timeout"):
            require_sound(plan_with({"visibility_timeout": 650}))

    def test_what_does_not_fit_is_refused(self):
        with pytest.raises(RefusedError, match="does not fit: cx23"):
            require_sound(plan_with({}, instance_type="cx23"))

    def test_connections_ask_for_pgbouncer(self):
        """More than Postgres takes go through PgBouncer, not through the roof."""
        plan = plan_with({"django": {"threads": 16}})
        assert plan.pgbouncer is not None
        assert [check.name for check in plan.checks if not check.ok] == []


class TestOverrides:
    def test_shown_beside_what_they_replace(self):
        plan = plan_with({"pools": {"default": {"memory_limit": "1280Mi"}}})
        shown = {one.field: (one.guide, one.plan) for one in plan.departures}
        assert shown["overrides.pools.default.memory_limit"] == ("1024Mi", "1280Mi")
        assert str(plan.workers[0].workload.container("worker").limits.memory) == "1280Mi"

    def test_validated_again(self):
        """A limit below the request is the stage's rule."""
        with pytest.raises(ConfigError, match="memory_request 768Mi is above memory_limit 512Mi"):
            plan_with({"pools": {"default": {"memory_limit": "512Mi"}}})

    def test_unknown_pool(self):
        with pytest.raises(ConfigError, match=r"overrides\.pools\.fast: a pool of stage 2: default"):
            plan_with({"pools": {"fast": {"concurrency": 2}}})
