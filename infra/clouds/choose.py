"""Load the modules of one provider on demand, because each provider's SDK takes half a second to import."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from infra.clouds import CLOUDS, Provider
from infra.clouds.runner_access.api import Api

if TYPE_CHECKING:  # imports Pulumi, which only the program needs
    from infra.clouds.interface import Cloud
    from infra.clouds.runner_access.access import Access


def cloud(provider: Provider) -> Cloud:
    """Import the provider's SDK and return the components and look-ups of that cloud.

    Args:
        provider: A key of `CLOUDS`.
    """
    return cast("Cloud", import_module(f"infra.clouds.{provider}.components").CLOUD)


def runner_access(provider: Provider) -> Access:
    """Return the object that opens the provider's firewall for a runner.

    Args:
        provider: A key of `CLOUDS`.

    Raises:
        ConfigError: The environment variable with the provider's token is not set.
    """
    made = import_module(f"infra.clouds.{provider}.runner_access").RunnerAccess(Api(CLOUDS[provider]))
    return cast("Access", made)
