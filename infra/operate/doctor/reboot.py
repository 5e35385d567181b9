"""Check whether a server needs a reboot, by asking the cluster's Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Protocol

from infra.cluster_api import Cluster
from infra.operate.doctor.check import Check, ok, warning

_SECONDS = 5
_METRIC = "stagecoach_reboot_needed_since_seconds"
_PAGE = "docs/how-to/patches.md"


class Asked(Protocol):
    """Answer queries, as `infra.cluster_api.Cluster` does."""

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Return the series of a vector; raise OSError if there is no answer."""


def reboot_check(kubeconfig: str, now: datetime, cluster: Asked | None = None) -> Iterator[Check]:
    """Yield one check; none if the kubeconfig can't be read, which another check reports.

    Args:
        kubeconfig: the kubeconfig's text.
        now: the time that the days are counted to.
        cluster: answers the query; None: the kubeconfig's cluster.
    """
    try:
        asked = cluster or Cluster(kubeconfig, seconds=_SECONDS)
    except ValueError:
        return
    try:
        since = _since(asked.query(_METRIC))
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        said = str(error) if isinstance(error, OSError) else "Prometheus gave another answer"
        yield warning("reboot", f"not known: {said}", f"Is Prometheus up? {_PAGE} says how to look at the server")
        return
    if not since:
        yield warning("reboot", "not known: no server says it yet", "Update the stack: it sets patches up")
    elif needed := {name: at for name, at in since.items() if at}:
        names = ", ".join(f"{name} since {_day(at)} ({(now - at).days} days)" for name, at in sorted(needed.items()))
        yield warning("reboot", f"needed: {names}", f"Choose a quiet hour: {_PAGE}")
    else:
        yield ok("reboot", f"none is needed ({', '.join(sorted(since))})")


def _since(rows: list[dict[str, Any]]) -> dict[str, datetime | None]:
    """Return, by server, since when it needs a reboot; None if it needs none."""
    found = {str(row["metric"]["instance"]): float(row["value"][1]) for row in rows}
    return {name: datetime.fromtimestamp(at, tz=UTC) if at > 0 else None for name, at in found.items()}


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
