"""Instance types and prices by provider: dated data with its source, never code."""

from infra.catalog import digitalocean, hetzner, vultr
from infra.catalog.instance_type import InstanceType
from infra.catalog.rates import Rates

_MODULES = {"hetzner": hetzner, "digitalocean": digitalocean, "vultr": vultr}

INSTANCE_TYPES: dict[str, tuple[InstanceType, ...]] = {
    provider: module.INSTANCE_TYPES for provider, module in _MODULES.items()
}

# Names in order of preference; sizing takes the first that fits.
CANDIDATES: dict[str, tuple[str, ...]] = {provider: module.CANDIDATES for provider, module in _MODULES.items()}

# What is billed beside instance types.
RATES: dict[str, Rates] = {provider: module.RATES for provider, module in _MODULES.items()}

# Where a deployment stands when it is asked for another provider than its stack file names.
DEFAULT_REGIONS = {"hetzner": "nbg1", "digitalocean": "fra1", "vultr": "fra"}


def regions(provider: str) -> tuple[str, ...]:
    """Regions in which any of the provider's catalogued types is sold."""
    return tuple(sorted({region for row in INSTANCE_TYPES[provider] for region in row.regions}))


def currency(provider: str) -> str:
    """What the provider bills in."""
    return INSTANCE_TYPES[provider][0].currency
