"""The clouds, one line each. To add one: its folder, and its line here (CONTRIBUTING.md, "How to add a provider")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from infra.clouds.digitalocean.facts import DIGITALOCEAN
from infra.clouds.facts import CloudFacts
from infra.clouds.hetzner.facts import HETZNER
from infra.clouds.vultr.facts import VULTR

# By the name that `stagecoach:provider` takes, in the order in which pages and messages list them.
CLOUDS: dict[str, CloudFacts] = {
    "hetzner": HETZNER,
    "digitalocean": DIGITALOCEAN,
    "vultr": VULTR,
}

if TYPE_CHECKING:
    Provider = str
else:  # pydantic's reading of the registry: a stack file may name these and no other
    Provider = Literal[tuple(CLOUDS)]
