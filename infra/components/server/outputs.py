"""What every provider's server offers: the one interface behind the three clouds."""

from __future__ import annotations

from typing import Protocol

import pulumi


class Server(Protocol):
    """A VPS with its stable public address, private address and data volume."""

    public_ip: pulumi.Output[str]
    private_ip: pulumi.Output[str]
    volume_device: pulumi.Output[str]
    ready: list[pulumi.Resource]
