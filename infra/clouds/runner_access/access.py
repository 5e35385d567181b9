"""The same steps at each cloud: find the server, open, close; and what they share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from infra.clouds.runner_access.opening import Opening
from infra.errors import Problem, RefusedError
from infra.names import CELERY_ROLE, CLOUD_ROLE_LABEL

Mine = Callable[[str], bool]  # whether a firewall or rule of that name is to be closed
PAGE = 200  # entries that one request lists


class Access(Protocol):
    """One cloud.  Nothing here changes the firewall of the stack: the next update finds it as it left it."""

    def open(self, opening: Opening) -> None:
        """Let the address in.

        Raises:
            RefusedError: the deployment has no server, or the cloud refused.
        """

    def close(self, deployment: str, mine: Mine) -> list[str]:
        """Delete the openings for which `mine` is true; return their names.

        Raises:
            RefusedError: the cloud refused.
        """


def has_celery_tag(tags: list[str]) -> bool:
    """Whether a server with these tags only runs Celery."""
    return f"{CLOUD_ROLE_LABEL}:{CELERY_ROLE}" in tags


def require_server(servers: list[Any], opening: Opening) -> list[Any]:
    """Return `servers`.

    Raises:
        RefusedError: there is none.  An opening of nothing would look like one that works.
    """
    if not servers:
        allowed = f"a server of deployment {opening.deployment} at the provider"
        hint = "Is it the right token, and was the deployment built?"
        raise RefusedError("there is nothing to open", [Problem(path="server", value="", allowed=allowed, hint=hint)])
    return servers
