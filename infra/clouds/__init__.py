"""Register the clouds, one line each. CONTRIBUTING.md ("A provider") lists the files that a new cloud needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from infra.clouds.digitalocean.facts import DIGITALOCEAN
from infra.clouds.facts import CloudFacts
from infra.clouds.hetzner.facts import HETZNER
from infra.clouds.vultr.facts import VULTR

# The keys are the values that `stagecoach:provider` takes. Pages and messages list the clouds in this order.
CLOUDS: dict[str, CloudFacts] = {
    "hetzner": HETZNER,
    "digitalocean": DIGITALOCEAN,
    "vultr": VULTR,
}

if TYPE_CHECKING:
    Provider = str
else:  # pydantic reads the registry: a stack file may name one of these clouds and no other
    Provider = Literal[tuple(CLOUDS)]
