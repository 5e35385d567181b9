"""Every number of every plan has its rule, inputs and source."""

from dataclasses import fields, is_dataclass

import pytest

from infra.errors import ConfigError
from infra.planner.explained import explain_stack
from infra.planner.plan_for import plan_for
from infra.sizing.explain import each_reason, explain
from infra.stack_file.reader.parse import parse_config
from infra.units import Cpu, Memory
from stacks import STAGES
from tests.plans import REGIONS, stage_plan
from tests.sizing.test_contracts import BASE

ALL = [(stage, provider) for stage in STAGES for provider in REGIONS]
# Counted or said elsewhere: the stage's number, the price, and what the proof and the tier's use say.
NOT_SIZED = ("stage", "proof", "use", "checks", "departures", "remedies", "missing", "reasons")


def config(**keys):
    return parse_config({**BASE, **{f"stagecoach:{key}": value for key, value in keys.items()}}, title="t")


def explained(**keys):
    return explain_stack(
        parse_config({**BASE, **{f"stagecoach:{key}": value for key, value in keys.items()}}, title="t")
    )


def one(explanations, workload, field):
    (found,) = [made for made in explanations if (made.workload, made.field) == (workload, field)]
    return found


def numbers(value, path=()):
    """Every amount and count of a plan, by its path; reasons are not asked."""
    if isinstance(value, Cpu | Memory) or (isinstance(value, int) and not isinstance(value, bool)):
        yield path, value
    elif isinstance(value, tuple):
        for number, member in enumerate(value):
            yield from numbers(member, (*path, number))
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in NOT_SIZED:
                yield from numbers(getattr(value, field.name), (*path, field.name))


@pytest.mark.parametrize(("stage", "provider"), ALL)
class TestEveryPlan:
    def test_every_amount_of_every_workload(self, stage, provider):
        """Requests, limits and replicas, with the plan's own value."""
        plan = stage_plan(stage, provider)
        found = {(owner, reason.field): reason.value for owner, reason in each_reason(plan)}
        for workload in plan.workloads:
            amounts = {f"replicas.{key}": getattr(workload.replicas, key) for key in ("min", "planned", "max", "surge")}
            for made in workload.containers:
                for side in ("requests", "limits"):
                    amounts |= {f"{made.name}.{side}.{k}": getattr(getattr(made, side), k) for k in ("cpu", "memory")}
            assert {key: found[workload.name, key] for key in amounts} == amounts

    def test_every_other_number_too(self, stage, provider):
        """As many reasons as numbers: what is added to the plan without one is missed here."""
        plan = stage_plan(stage, provider)
        counted = sorted(str(value) for _, value in numbers(plan))
        said = [(owner, reason) for owner, reason in each_reason(plan) if not reason.field.startswith("settings.")]
        listed = sorted(str(reason.value) for _, reason in said if reason.value is not None)
        assert listed == counted

    def test_every_setting_of_postgres(self, stage, provider):
        plan = stage_plan(stage, provider)
        said = {
            r.field.removeprefix("settings."): r.value for o, r in each_reason(plan) if r.field.startswith("settin")
        }
        assert said == dict(plan.postgres.settings)

    def test_the_formula_gave_the_value(self, stage, provider):
        """The number that carries the formula is the plan's number, not one beside it."""
        for owner, reason in each_reason(stage_plan(stage, provider)):
            number = reason.number
            if isinstance(reason.value, Cpu):
                assert number.cpu == reason.value, (owner, reason.field)
            elif isinstance(reason.value, Memory):
                assert number.memory == reason.value, (owner, reason.field)
            elif isinstance(reason.value, int):
                assert number.value == reason.value, (owner, reason.field)

    def test_each_has_a_source(self, stage, provider):
        made = explain(stage_plan(stage, provider), guide=STAGES[stage].guide.amounts)
        assert [(one.workload, one.field) for one in made if not (one.source and one.rule)] == []

    def test_each_of_the_guides_numbers_stands_beside_one(self, stage, provider):
        made = explain(stage_plan(stage, provider), guide=STAGES[stage].guide.amounts)
        assert sum(one.guide is not None for one in made) == len(STAGES[stage].guide.amounts)


class TestOverrides:
    def test_nothing_is_said_without_any(self):
        assert [made for made in explained() if made.without_overrides is not None] == []

    def test_the_amount_itself(self):
        """Where it stands, what it replaced, the guide's number beside it."""
        made = one(
            explained(overrides={"pools": {"default": {"memory_limit": "1280Mi"}}}),
            "celery-worker",
            "worker.limits.memory",
        )
        assert (made.value, made.without_overrides, made.guide) == ("1280Mi", "1024Mi", "1Gi")
        assert made.inputs[0].source == "stagecoach:overrides.pools.default.memory_limit, before: 1024Mi"

    def test_what_follows_from_it(self):
        """(1280 - 130) * 0.9 / 4 in place of (1024 - 130) * 0.9 / 4."""
        made = one(
            explained(overrides={"pools": {"default": {"memory_limit": "1280Mi"}}}),
            "celery-worker",
            "max_memory_per_child",
        )
        assert (made.rule, made.value, made.without_overrides) == (
            "90 % of (memory limit - parent process) / concurrency",
            "258Mi",
            "201Mi",
        )

    def test_other_workloads_too(self):
        """A larger web leaves less to the workers' autoscaler."""
        keys = {"overrides": {"django": {"memory_request": "1Gi", "memory_limit": "1Gi"}}, "instance_type": "cx33"}
        plan = plan_for(config(**keys))
        made = one(explained(**keys), "celery-worker", "replicas.max")
        assert made.value == str(plan.workers[0].workload.replicas.max)
        assert made.without_overrides == "3"


class TestOne:
    def test_an_unknown_workload(self):
        with pytest.raises(ConfigError, match=r"--explain = celery: one of server, .*celery-worker"):
            explain_stack(parse_config(BASE, title="t"), "celery")
