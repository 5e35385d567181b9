"""How much of its tier a deployment uses, where the stack names its customers."""

from __future__ import annotations

from infra.models.stage_config import StageConfig
from infra.sizing.celery_servers import CUSTOMERS_EACH, MOST, further_servers
from infra.sizing.inputs import PlanInputs
from infra.sizing.plan import TierUse


def tier_use(stage: StageConfig, inputs: PlanInputs) -> TierUse | None:
    """None where the stack names its stage; the last stage has no end, there the next Celery server is the mark."""
    customers = inputs.customers
    if customers is None:
        return None
    if stage.customers_max is not None:
        up_to, then = stage.customers_max, f"stage {stage.stage + 1}"
    else:
        servers = min(further_servers(stage, customers) + 1, MOST)
        up_to = stage.customers_min + CUSTOMERS_EACH * servers
        computed = inputs.celery_servers is None
        then = "one more Celery server" if computed else "a larger stagecoach:celery_servers.count"
        if servers == MOST:
            then = f"the end of what {MOST} Celery servers and one database server hold"
    return TierUse(customers=customers, up_to=up_to, percent=100 * customers // up_to, then=then)
