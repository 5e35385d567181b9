"""Choose the type and the number of servers that only run Celery."""

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

# Assumption: one server runs the pools of the last stage as it is, and each further 1,500 customers need one more.
CUSTOMERS_EACH = 1500
MOST = 20  # the highest count that a stack file may name


def size_celery_servers(
    stage: StageConfig, inputs: PlanInputs, catalog: Catalog, recorded: Recorded | None
) -> tuple[NodePlan, ...]:
    """Plan the servers that only run Celery.

    The stack file sets their count, or it follows from the planned pods and the customers; `grow` has enlarged `stage`
    for those before. The plan skips servers that would stay empty with every pool at its ceiling, for example because
    one server is large.

    Args:
        stage: The stage, grown with its customers.
        inputs: The stack file's part in the plan.
        catalog: What the provider sells.
        recorded: What the deployment has; None if it does not exist yet.

    Returns:
        An empty tuple if workers run on the server.

    Raises:
        ConfigError: A pinned type is unknown or cannot be reached, or no type in the region is large enough.
    """
    asked = stage.celery_servers
    # A stack file that names a type wants such servers, even if its stage has none.
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
    """Return how many servers the customers need beyond those of the last stage as it is.

    Args:
        stage: The stage.
        customers: The number of customers; None if the stack file names a stage.
    """
    if customers is None or stage.customers_max is not None:
        return 0
    return max(customers - stage.customers_min, 0) // CUSTOMERS_EACH


def most_customers(stage: StageConfig, servers: int = MOST) -> int:
    """Return the most customers for which the last stage needs no more than this many servers.

    Args:
        stage: The last stage.
        servers: The number of Celery servers.
    """
    return stage.customers_min + CUSTOMERS_EACH * servers - 1


def _holds(stage: StageConfig, row: InstanceType, count: int, *, at_most: bool = False) -> bool:
    """Return whether the worker pods fit, as planned or at every ceiling; there are no surges and no jobs here."""
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
