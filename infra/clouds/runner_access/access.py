"""Define the steps that every cloud implements (open, close), and share the look-ups between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from infra.clouds.runner_access.opening import Opening
from infra.errors import Problem, RefusedError
from infra.names import CELERY_ROLE, CLOUD_ROLE_LABEL

Mine = Callable[[str], bool]  # says whether the firewall or rule of that name is to be deleted
PAGE = 200  # entries that one request lists


class Access(Protocol):
    """Runner access opens and closes one cloud's firewall without changing the firewall of the stack."""

    def open(self, opening: Opening) -> None:
        """Let the runner's address in.

        Args:
            opening: The address, the deployment, and the run that opens it.

        Raises:
            RefusedError: The deployment has no server, or the cloud refused.
        """

    def close(self, deployment: str, mine: Mine) -> list[str]:
        """Delete the openings whose name `mine` accepts, and return their names.

        Args:
            deployment: The deployment whose servers were opened.
            mine: Returns true for the name of an opening to delete.

        Raises:
            RefusedError: The cloud refused.
        """


def has_celery_tag(tags: list[str]) -> bool:
    """Return whether a server with these tags only runs Celery."""
    return f"{CLOUD_ROLE_LABEL}:{CELERY_ROLE}" in tags


def require_server(servers: list[Any], opening: Opening) -> list[Any]:
    """Return `servers`, or refuse if the list is empty: an opening without a server would only look like success.

    Args:
        servers: The deployment's servers.
        opening: The opening, for the message.

    Raises:
        RefusedError: `servers` is empty.
    """
    if not servers:
        allowed = f"a server of deployment {opening.deployment} at the provider"
        hint = "Is it the right token, and was the deployment built?"
        raise RefusedError("there is nothing to open", [Problem(path="server", value="", allowed=allowed, hint=hint)])
    return servers
