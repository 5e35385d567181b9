"""The answer to `plan --customers N --tasks-per-customer-day X --task-seconds S`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from infra.errors import ConfigError, Problem, RefusedError
from infra.prices.month import MonthPrice, month_price
from infra.sizing.plan import StackPlan
from infra.stack_file.stack_config import StackConfig
from infra.whatif.limits import MOST_WAIT, SHARE, Limit, find_limits, pool_of, web_queue, worker_queue
from infra.whatif.load import Load
from infra.whatif.queueing import Queue
from stacks import STAGES

Planner = Callable[[StackConfig], StackPlan]


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """A plan under a load."""

    config: StackConfig  # what was planned: at the stage of the answer
    plan: StackPlan
    load: Load
    by_customers: int  # the stage that the number of customers alone asks for
    limits: tuple[Limit, ...]  # the first that gives way first

    @property
    def price(self) -> MonthPrice:
        """What the plan costs a month."""
        return month_price(self.plan)

    @property
    def bottleneck(self) -> Limit:
        """What gives way first as customers come."""
        return self.limits[0]

    @property
    def holds(self) -> bool:
        """Whether the planned pods are enough: nothing has given way yet."""
        return self.bottleneck.customers >= self.load.customers

    def tasks(self, pods: int) -> Queue:
        """The worker pool that takes the tasks, with so many pods."""
        return worker_queue(self.plan, self.load, pods)

    @property
    def pods(self) -> dict[str, int]:
        """Worker pods: at least, as planned, at most."""
        replicas = pool_of(self.plan, self.load.task_seconds).workload.replicas
        return {"min": replicas.min, "planned": replicas.planned, "max": replicas.max}

    @property
    def pages(self) -> Queue:
        """The web pods as planned."""
        return web_queue(self.plan, self.load)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know to believe the numbers."""
        found = []
        if self.plan.stage > self.by_customers:
            found.append(
                f"{self.load.customers} customers alone would be stage {self.by_customers}: its planned pods do not "
                "hold this load"
            )
        pods = self.pods
        if self.tasks(pods["min"]).wait_quantile(SHARE) > MOST_WAIT:
            found.append(
                f"with {pods['min']} worker pods, the least that run, tasks would wait longer: the autoscaler adds "
                "pods by CPU, which tasks that wait for the network do not use; raise replicas.min for them"
            )
        return tuple(found)


def ask(planner: Planner, config: StackConfig, load: Load) -> WhatIf:
    """The config's plan under the load, holding or not.

    Raises:
        ConfigError: as the planner; a task that the pool would kill.
    """
    plan = planner(config)
    pool = pool_of(plan, load.task_seconds)
    if load.task_seconds > pool.soft_time_limit:
        problem = Problem(
            path="--task-seconds",
            value=f"{load.task_seconds:g}",
            allowed=f"at most {pool.soft_time_limit}, the soft_time_limit of stage {plan.stage}'s pool {pool.pool}",
            hint="A longer task is ended: split it, or raise the limit by an override of a stack file",
        )
        raise ConfigError("no worker would finish such a task", [problem])
    by_customers = next(
        number
        for number, stage in sorted(STAGES.items())
        if stage.customers_max is None or load.customers <= stage.customers_max
    )
    return WhatIf(config=config, plan=plan, load=load, by_customers=by_customers, limits=find_limits(plan, load))


def smallest_that_holds(planner: Planner, config: StackConfig, load: Load) -> WhatIf:
    """The stage of the customers, or the first above it whose planned pods hold the load; else what holds most.

    Raises:
        ConfigError: as `ask`.
    """
    answer = ask(planner, config, load)
    most = answer
    for stage in range(answer.plan.stage + 1, max(STAGES) + 1):
        if answer.holds:
            return answer
        answer = ask(planner, config.model_copy(update={"stage": stage, "customers": None}), load)
        most = max(most, answer, key=lambda one: one.bottleneck.customers)
    return most


def require_holds(answer: WhatIf) -> None:
    """Raises RefusedError, with every part that gives way, unless the plan holds the load."""
    problems = [
        Problem(
            path=limit.name,
            value=f"{answer.load.customers} customers",
            allowed=f"at most {limit.customers} at this load ({limit.why})",
            hint=_HINTS[limit.name],
        )
        for limit in answer.limits
        if limit.customers < answer.load.customers
    ]
    if problems:
        raise RefusedError(f"stage {answer.plan.stage} on {answer.plan.provider} does not hold this load", problems)


_HINTS = {
    "workers": "Plan more pods (stagecoach:overrides.pools.NAME.replicas), shorter tasks, or a larger stage",
    "memory": "A larger instance_type, or Celery servers of their own",
    "cpu": "A larger instance_type, or Celery servers of their own",
    "replicas": "Raise the ceiling (stagecoach:overrides.pools.NAME.replicas), or take a larger stage",
    "database connections": "A larger stage: connections come with the server's memory",
    "web p95": "More web pods (stagecoach:overrides.django.replicas), or quicker pages",
}
