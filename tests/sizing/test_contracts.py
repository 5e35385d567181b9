"""Each contract can be broken, and then names the field to change."""

import re

import pytest

from infra.errors import ConfigError, RefusedError
from infra.planner.plan_for import plan_for
from infra.sizing.sound import require_sound
from infra.stack_file.reader.parse import parse_config

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


# Name of the contract, an override that breaks it, the field that is named.
BREAKS = (
    ("connections", {"postgres": {"max_connections": 20}}, "overrides.postgres.max_connections"),
    ("postgres-memory", {"postgres": {"max_connections": 400}}, "overrides.postgres.max_connections"),
    ("maxmemory/redis-broker", {"redis_broker": {"maxmemory": "256Mi"}}, "overrides.redis_broker.maxmemory"),
    ("maxmemory/redis-cache", {"redis_cache": {"maxmemory": "1Gi"}}, "overrides.redis_cache.maxmemory"),
    ("maxmemory/redis-broker", {"redis_broker": {"memory_limit": "1Mi"}}, "overrides.redis_broker.memory_limit"),
    ("maxmemory/redis-cache", {"redis_cache": {"maxmemory": "250Mi"}}, "overrides.redis_cache.maxmemory"),
    (
        "broker-noeviction",
        {"redis_broker": {"maxmemory_policy": "allkeys-lru"}},
        "overrides.redis_broker.maxmemory_policy",
    ),
    ("limit-range", {"namespace": {"container_memory": "512Mi"}}, "overrides.namespace.container_memory"),
    ("resource-quota", {"namespace": {"quota_cpu": "1000m"}}, "overrides.namespace.quota_cpu"),
    ("resource-quota", {"namespace": {"quota_memory": "1Gi"}}, "overrides.namespace.quota_memory"),
    ("visibility-timeout/default", {"visibility_timeout": 650}, "overrides.visibility_timeout"),
    ("visibility-timeout/default", {"longest_countdown": 4000}, "overrides.visibility_timeout"),
    ("visibility-timeout/default", {"longest_countdown": 3000}, "overrides.visibility_timeout"),  # and then it runs
    ("visibility-timeout/default", {"longest_time_limit": 3500}, "overrides.visibility_timeout"),
    ("visibility-timeout/default", {"prefetch_multiplier": 6}, "overrides.visibility_timeout"),
    ("soft-time-limit/default", {"soft_time_limit": 600}, "overrides.pools.default.soft_time_limit"),
    ("grace-period/default", {"grace_period": 60}, "overrides.pools.default.grace_period"),
    ("grace-period/default", {"soft_shutdown_timeout": 0, "grace_period": 90}, "overrides.pools.default.grace_period"),
    ("delivery/default", {"reject_on_worker_lost": False}, "overrides.pools.default.reject_on_worker_lost"),
    ("read-timeout", {"django": {"read_timeout": 30}}, "overrides.django.read_timeout"),
    ("web-memory", {"django": {"processes": 4}}, "overrides.django.memory_limit"),
    ("web-memory", {"django": {"processes": 16, "threads": 32}}, "overrides.django.memory_limit"),
    ("read-timeout", {"django": {"request_timeout": 900}}, "overrides.django.read_timeout"),
    ("ephemeral-storage/server", {"django": {"tmp_size": "40Gi"}}, "overrides.django.tmp_size"),
    ("ephemeral-storage/server", {"tmp_size": "29Gi"}, "overrides.pools.default.tmp_size"),
    ("children-memory/default", {"concurrency": 16}, "overrides.pools.default.memory_limit"),
    ("children-memory/default", {"eta_task_limit": 20_000}, "overrides.pools.default.memory_limit"),
)
POOL = (
    "longest_time_limit",
    "prefetch_multiplier",
    "soft_time_limit",
    "grace_period",
    "reject_on_worker_lost",
    "concurrency",
    "tmp_size",
    "eta_task_limit",
)


def of_pool(overrides):
    """The table's short form: a pool's fields stand alone."""
    return {"pools": {"default": overrides}} if set(overrides) & set(POOL) else overrides


class TestBroken:
    @pytest.mark.parametrize(("name", "overrides", "field"), BREAKS)
    def test_by_an_override(self, name, overrides, field):
        """That contract and no other, with the field to change."""
        assert broken(of_pool(overrides)) == {name: field}

    @pytest.mark.parametrize(("name", "overrides", "_field"), BREAKS)
    def test_the_reason_is_true(self, name, overrides, _field):
        """It says what is and what must be; `3600 s > 605400 s` would be false where the contract is broken."""
        found = [one.reason for one in plan_with(of_pool(overrides)).checks if one.name == name]
        assert [one for one in found if re.search(r"[<>]=?", one)] == []

    def test_both_numbers(self):
        [found] = [one for one in plan_with({"longest_countdown": 604_800}).checks if not one.ok]
        assert found.reason.startswith(
            "the visibility timeout is 3600 s; it must be longer than 605500 s (the longest task, 600 s, after a "
            "countdown of 604800 s, and 100 s)"
        )

    def test_every_contract_is_in_the_table(self):
        """Grafana's is in tests/sizing/test_monitoring.py."""
        assert {check.name for check in plan_with({}).checks} == {name for name, _, _ in BREAKS}

    def test_each_has_one_line_for_its_reason(self):
        for check in plan_with({}).checks:
            assert check.reason
            assert "\n" not in check.reason

    def test_without_a_soft_shutdown_tasks_may_end(self):
        """The grace period follows the time limit."""
        plan = plan_with({"pools": {"default": {"soft_shutdown_timeout": 0}}})
        assert plan.workers[0].grace_period == 630
        assert [check.name for check in plan.checks if not check.ok] == []

    def test_a_long_delay_that_is_provided_for(self):
        """As docs/how-to/long-delays.md has it."""
        assert not broken({"longest_countdown": 604_800, "visibility_timeout": 606_000})
        pool = {"longest_time_limit": 7200, "soft_shutdown_timeout": 0}
        assert not broken({"visibility_timeout": 7400, "pools": {"default": pool}})
        assert plan_with({"pools": {"default": pool}}).workers[0].grace_period == 7230

    def test_refused_with_the_field(self):
        """The program stops before anything is registered."""
        with pytest.raises(RefusedError, match=r"Set stagecoach:overrides\.visibility_timeout"):
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

    def test_every_contradiction_is_listed(self):
        """Of one pool, of another part, and the pool that is not there."""
        default = {"cpu_request": "2000m", "memory_limit": "512Mi", "replicas": {"planned": 99}}
        with pytest.raises(ConfigError) as raised:
            plan_with({"pools": {"default": default, "fast": {"concurrency": 2}}, "django": {"memory_limit": "64Mi"}})
        assert [one.path.removeprefix("stagecoach:overrides.") for one in raised.value.problems] == [
            "pools.fast",
            "pools.default.cpu_limit",
            "pools.default.memory_limit",
            "pools.default.replicas",
            "django.memory_limit",
        ]
