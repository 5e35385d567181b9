"""Answer `plan --customers N --tasks-per-customer-day X --task-seconds S`."""

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
    """The answer is a plan and how it behaves under a load."""

    config: StackConfig  # the stack file with the stage of the answer
    plan: StackPlan
    load: Load
    by_customers: int  # the stage that the number of customers alone selects
    limits: tuple[Limit, ...]  # sorted: the first limit is reached first

    @property
    def price(self) -> MonthPrice:
        """Return what the plan costs per month."""
        return month_price(self.plan)

    @property
    def bottleneck(self) -> Limit:
        """Return the part that reaches its limit first as customers are added."""
        return self.limits[0]

    @property
    def holds(self) -> bool:
        """Return whether the planned pods hold the load, so that no part is beyond its limit."""
        return self.bottleneck.customers >= self.load.customers

    def tasks(self, pods: int) -> Queue:
        """Return the queue of the worker pool that takes the tasks.

        Args:
            pods: The number of worker pods.
        """
        return worker_queue(self.plan, self.load, pods)

    @property
    def pods(self) -> dict[str, int]:
        """Return the number of worker pods: the fewest, as planned, and the most."""
        replicas = pool_of(self.plan, self.load.task_seconds).workload.replicas
        return {"min": replicas.min, "planned": replicas.planned, "max": replicas.max}

    @property
    def pages(self) -> Queue:
        """Return the queue of the planned web pods."""
        return web_queue(self.plan, self.load)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return remarks that the reader needs to judge the numbers."""
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
    """Plan the config and put the plan under the load, whether it holds or not.

    Args:
        planner: Plans a stack file.
        config: The stack file.
        load: The load.

    Raises:
        ConfigError: The planner refuses the config, or the pool would kill such a task before it ends.
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
    """Find the smallest stage, from that of the customers on, whose planned pods hold the load.

    Args:
        planner: Plans a stack file.
        config: The stack file, whose stage or customers select the first stage.
        load: The load.

    Returns:
        The stage that holds the most customers if no stage holds the load.

    Raises:
        ConfigError: The planner refuses the config, or the pool would kill such a task before it ends.
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
    """Refuse an answer whose plan does not hold the load.

    Args:
        answer: The answer.

    Raises:
        RefusedError: Lists every part that is beyond its limit.
    """
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
