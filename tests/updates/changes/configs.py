"""Stack configs for comparisons."""

from infra.stack_file.reader.parse import parse_config
from tests.plans import REGIONS


def config(stage=1, provider="hetzner", **more):
    """A stack file's keys without the namespace."""
    values = {
        "name": "shop",
        "provider": provider,
        "region": REGIONS[provider],
        "stage": stage,
        "image": "registry.example/shop:1",
        "admin_cidrs": ["203.0.113.0/24"],
        **more,
    }
    return parse_config({f"stagecoach:{key}": value for key, value in values.items()}, title="test")
