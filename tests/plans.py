"""Plans of the real sizing for tests."""

from infra.clouds import CLOUDS
from infra.sizing.inputs import PlanInputs
from infra.sizing.make_plan import make_plan
from infra.sizing.plan import StackPlan
from lab.machines import Size, visible_bytes
from stacks import STAGES

REGIONS = {provider: cloud.default_region for provider, cloud in CLOUDS.items()}


def catalog(provider="hetzner"):
    """What make_plan takes."""
    return CLOUDS[provider].catalog


def stage_plan(stage: int = 1, provider: str = "hetzner", **inputs) -> StackPlan:
    """The plan of a stage as shipped."""
    chosen = PlanInputs(provider=provider, region=REGIONS[provider], **inputs)
    return make_plan(STAGES[stage], inputs=chosen, catalog=catalog(provider))


def spare_bytes(memory_mib):
    """What a server of the lab shows above the bound that plans count with."""
    return visible_bytes(Size(vcpu=1, memory_mib=memory_mib, disk_gb=0)) - (memory_mib << 20) * 925 // 1000
