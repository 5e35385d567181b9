"""Define the login to a private registry."""

from __future__ import annotations

from pydantic import Field

from infra.stack_file.strict import StrictModel
from infra.stack_file.values.addresses import RegistryServer


class RegistryConfig(StrictModel):
    """This section names the app's private registry; its password is the secret `registry_password`."""

    server: RegistryServer = Field(description="host name of the registry, for example `ghcr.io`")
    username: str = Field(min_length=1, max_length=255, description="login")
