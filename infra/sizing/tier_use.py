"""How much of its tier a deployment uses, where the stack names its customers."""

from __future__ import annotations

from infra.sizing.celery_servers import CUSTOMERS_EACH, MOST, further_servers
from infra.sizing.inputs import PlanInputs
from infra.sizing.plan import TierUse
from infra.stack_file.stage_config import StageConfig


def tier_use(stage: StageConfig, inputs: PlanInputs) -> TierUse | None:
    """None where the stack names its stage; the last stage has no end, there the next Celery server is the mark."""
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
    """How many servers count, and what comes after them; `named` is the stack file's count, which bounds the pools."""
    servers = min(wanted, MOST if named is None else max(named, 1))
    if servers == MOST:
        return servers, f"the end of what {MOST} Celery servers and one database server hold"
    if named is None:
        return servers, "one more Celery server"
    if named > wanted:
        return servers, "more pods on the Celery servers that are there"
    return servers, "a larger stagecoach:celery_servers.count"
