"""How a private registry is logged in to."""

from __future__ import annotations

from pydantic import Field

from infra.stack_file.strict import StrictModel
from infra.stack_file.values.addresses import RegistryServer


class RegistryConfig(StrictModel):
    """A private registry of the app's image; its password is the secret `registry_password`."""

    server: RegistryServer = Field(description="host name of the registry, for example `ghcr.io`")
    username: str = Field(min_length=1, max_length=255, description="login")
