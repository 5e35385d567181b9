"""Servers of their own for Celery: which type, and how many."""

from __future__ import annotations

from infra.clouds.catalog import Catalog
from infra.clouds.catalog.instance_type import InstanceType
from infra.names import CELERY_ROLE
from infra.sizing.celery_worker import size_celery_worker
from infra.sizing.choose import Ask, choose
from infra.sizing.inputs import PlanInputs, Recorded
from infra.sizing.monitoring import size_node_exporter
from infra.sizing.node import size_node
from infra.sizing.pack import pack
from infra.sizing.plan import NodePlan
from infra.stack_file.stage_config import StageConfig

CUSTOMERS_EACH = 1500  # one more server for each that many above the lower end of the last stage (design 3.8)
MOST = 20  # as a stack file may name


def size_celery_servers(
    stage: StageConfig, inputs: PlanInputs, catalog: Catalog, recorded: Recorded | None
) -> tuple[NodePlan, ...]:
    """One role of node, or none; the count is the stack file's or what the planned pods and the customers need.

    `stage` has grown with its customers already (growth.py).  Servers that would stay empty with every pool at its
    ceiling, as where one of them is large, are not bought.

    Raises:
        ConfigError: a pinned type that is unknown or can't be reached, or nothing large enough in the region.
    """
    asked = stage.celery_servers
    # A stack that names a type wants servers, at a stage that has none by itself, too.
    fewest = max(asked.count, 1 if inputs.celery_instance_type else 0)
    count = inputs.celery_servers if inputs.celery_servers is not None else (None if fewest else 0)
    if count == 0:
        return ()
    row = choose(
        Ask(
            stage=stage.stage,
            memory_gib=asked.memory_gib,
            vcpu=asked.vcpu,
            pin=inputs.celery_instance_type,
            field="celery_servers.instance_type",
        ),
        inputs,
        catalog,
        recorded.celery_servers if recorded else None,
        lambda row: _holds(stage, row, count or MOST),
    )
    if count is None:
        asked_for = min(fewest + further_servers(stage, inputs.customers), MOST)
        enough = next((number for number in range(fewest, MOST + 1) if _holds(stage, row, number)), fewest)
        filled = (number for number in range(enough, asked_for) if _holds(stage, row, number, at_most=True))
        count = next(filled, max(enough, asked_for))
    return (size_node(row, role=CELERY_ROLE, count=count, agent=True),)


def further_servers(stage: StageConfig, customers: int | None) -> int:
    """How many the customers above the last stage's lower end ask for."""
    if customers is None or stage.customers_max is not None:
        return 0
    return max(customers - stage.customers_min, 0) // CUSTOMERS_EACH


def most_customers(stage: StageConfig, servers: int = MOST) -> int:
    """The most that the last stage holds with so many: one more customer would need one more server."""
    return stage.customers_min + CUSTOMERS_EACH * servers - 1


def _holds(stage: StageConfig, row: InstanceType, count: int, *, at_most: bool = False) -> bool:
    """Whether the worker pods fit, as planned or at every ceiling; they roll without surge, and no job runs there."""
    node = size_node(row, role=CELERY_ROLE, count=count, agent=True)
    workers = [
        size_celery_worker(
            pool,
            default=False,
            maximum=pool.replicas.ceiling if at_most else pool.replicas.planned,
            visibility_timeout=stage.visibility_timeout,
            node_role=CELERY_ROLE,
        ).workload
        for pool in stage.pools
    ]
    return not pack((node,), (size_node_exporter(), *workers)).unplaced
