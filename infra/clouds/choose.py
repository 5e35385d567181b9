"""Chooses a provider's parts; its SDK is imported only here, because one alone costs half a second."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from infra.clouds import CLOUDS, Provider
from infra.clouds.runner_access.api import Api

if TYPE_CHECKING:  # loads Pulumi
    from infra.clouds.interface import Cloud
    from infra.clouds.runner_access.access import Access


def cloud(provider: Provider) -> Cloud:
    """Return what the program builds and asks at the provider: `CLOUD` of its module `components`."""
    return cast("Cloud", import_module(f"infra.clouds.{provider}.components").CLOUD)


def runner_access(provider: Provider) -> Access:
    """Return the way in for a runner: `RunnerAccess` of the provider's module of that name.

    Raises:
        ConfigError: the environment has no token of the provider.
    """
    made = import_module(f"infra.clouds.{provider}.runner_access").RunnerAccess(Api(CLOUDS[provider]))
    return cast("Access", made)
