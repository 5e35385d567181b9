"""Calculate how much of its tier a deployment uses, if the stack file names its customers."""

from __future__ import annotations

from infra.sizing.celery_servers import CUSTOMERS_EACH, MOST, further_servers
from infra.sizing.inputs import PlanInputs
from infra.sizing.plan import TierUse
from infra.stack_file.stage_config import StageConfig


def tier_use(stage: StageConfig, inputs: PlanInputs) -> TierUse | None:
    """Return how much of the tier is used; in the last stage, which has no end, up to the next Celery server.

    Args:
        stage: The stage.
        inputs: The stack file's part in the plan.

    Returns:
        None if the stack file names its stage.
    """
    customers = inputs.customers
    if customers is None:
        return None
    if stage.customers_max is not None:
        up_to, then = stage.customers_max, f"stage {stage.stage + 1}"
    else:
        servers, then = _mark(1 + further_servers(stage, customers), inputs.celery_servers)
        up_to = stage.customers_min + CUSTOMERS_EACH * servers
    return TierUse(customers=customers, up_to=up_to, percent=100 * customers // up_to, then=then)


def _mark(wanted: int, named: int | None) -> tuple[int, str]:
    """Return how many servers count and what comes after them; the stack file's count `named` also limits the pools."""
    servers = min(wanted, MOST if named is None else max(named, 1))
    if servers == MOST:
        return servers, f"the end of what {MOST} Celery servers and one database server hold"
    if named is None:
        return servers, "one more Celery server"
    if named > wanted:
        return servers, "more pods on the Celery servers that are there"
    return servers, "a larger stagecoach:celery_servers.count"
