"""Chooses the provider's components; its SDK is imported only here, because one alone costs half a second."""

# ruff: noqa: PLC0415  see above

from __future__ import annotations

from infra.components.server.interface import CeleryServers, CeleryServersArgs, Server, ServerArgs
from infra.errors import Problem, RefusedError


def build_server(provider: str, args: ServerArgs) -> Server:
    """The provider's server with volume, address, network and firewall.

    Raises:
        RefusedError: the provider has plans but no component yet.
    """
    if provider == "hetzner":
        from infra.components.server.hetzner import HetznerServer

        return HetznerServer("server", args)
    raise _not_built(provider)


def build_celery_servers(provider: str, args: CeleryServersArgs) -> CeleryServers:
    """The provider's servers of their own for Celery, in the private network of its server.

    Raises:
        RefusedError: the provider has plans but no component yet.
    """
    if provider == "hetzner":
        from infra.components.server.hetzner_celery import HetznerCeleryServers

        return HetznerCeleryServers("celery-servers", args)
    raise _not_built(provider)


def _not_built(provider: str) -> RefusedError:
    problem = Problem(
        path="stagecoach:provider",
        value=provider,
        allowed="hetzner",
        hint="`python -m infra plan` plans all three, the program builds Hetzner",
    )
    return RefusedError("the provider cannot be built", [problem])
