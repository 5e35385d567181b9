"""Refuse to build a second, empty shop: a stack without a server asks the provider for one first (ADR 0009)."""

from __future__ import annotations

import pulumi

from infra.clouds import CLOUDS
from infra.clouds.choose import cloud
from infra.clouds.interface import FoundServer
from infra.errors import Problem, RefusedError
from infra.names import DEPLOYMENT_LABEL, SERVER_RESOURCE
from infra.stack_file.stack_config import StackConfig


def require_only_one(config: StackConfig) -> None:
    """Refuse to build if the provider already has a server of this deployment.

    Args:
        config: The stack file.

    Raises:
        RefusedError: The provider has such a server, or cannot be asked.
    """
    try:
        found = [one for one in cloud(config.provider).find_servers(config.name, 0) if not one.celery]
    except Exception as error:  # noqa: BLE001  the SDK raises plain Exceptions for whatever the provider says
        raise RefusedError(
            "the provider could not be asked for an existing deployment", [unasked(config, error)]
        ) from None
    if found:
        problems = [_existing(config, server) for server in found]
        raise RefusedError("this stack would build a second, empty deployment", problems)


def unasked(config: StackConfig, error: Exception) -> Problem:
    """Return the problem that the provider could not be asked, with its reason and the token that it needs.

    Args:
        config: The stack file.
        error: The SDK's exception.
    """
    api = CLOUDS[config.provider].api
    return Problem(
        path="stagecoach:provider",
        value=config.provider,
        allowed=" ".join(str(error).split()),
        hint=(
            f"Set {api.token.variable}, or `pulumi config set --secret {api.token.key}`, to a token that may at least "
            "read, and try again"
        ),
    )


def _existing(config: StackConfig, server: FoundServer) -> Problem:
    what = f"{server.name} ({server.id}, {server.instance_type}, {server.region})"
    return Problem(
        path="stagecoach:name",
        value=config.name,
        allowed=(
            f"server {what} has the label {DEPLOYMENT_LABEL} {config.name} already, "
            "and this stack's state has no server"
        ),
        hint=_ways_out(config, server, pulumi.get_project(), pulumi.get_stack()),
    )


def _ways_out(config: StackConfig, server: FoundServer, project: str, stack: str) -> str:
    """List the ways out, the most likely first: move the stack, import a killed update's server, confirm."""
    resource = CLOUDS[config.provider].server
    parent = f"server=urn:pulumi:{stack}::{project}::{resource.component}::server"
    return f"""One of these:
    If another stack has it (`pulumi stack ls`), move that stack here; this one is empty and makes room:
      only=$(mktemp -d) && cp Pulumi.yaml "$only"
      pulumi -C "$only" stack rm {stack} --yes
      pulumi -C "$only" stack rename {stack} -s OTHER_STACK
      pulumi preview -s {stack} --diff
      pulumi up -s {stack}
    If an update of this stack was killed, take the server into its state (docs/how-to/interrupted-update.md):
      pulumi import {resource.type} {SERVER_RESOURCE} {server.id} -s {stack} --generate-code=false --parent '{parent}'
    If you want a second, empty deployment, give it another stagecoach:name.  stagecoach:allow_second: true skips this
    question; where a provider wants names to be unique, the old server's things must give theirs up first."""
