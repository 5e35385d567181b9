"""List the steps of an update in the program's own order (tests/updates/changes/test_events.py compares the two)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

from infra.clouds import CLOUDS
from infra.names import (
    CELERY_BEAT,
    DJANGO,
    GRAFANA,
    NODE_EXPORTER,
    POSTGRES,
    PROMETHEUS,
    QUEUE_EXPORTER,
    REDIS_BROKER,
    REDIS_CACHE,
)
from infra.sizing.plan import StackPlan
from infra.updates.changes.downtime import own_reasons, restart_seconds
from infra.updates.changes.restarts import CELERY_SERVERS, K3S, SERVER
from infra.updates.changes.stack_diff import Event, Restart, StackDiff

_NOBODY = "nobody notices"
_DATA = (POSTGRES, REDIS_BROKER, REDIS_CACHE)
_MONITORING = (PROMETHEUS, NODE_EXPORTER, GRAFANA)


def events(before: StackPlan, after: StackPlan, restarts: tuple[Restart, ...]) -> tuple[Event, ...]:
    """Return the update's steps: first the servers and k3s, then the Kubernetes objects.

    Args:
        before: the plan of the last update.
        after: the plan of the next update.
        restarts: what the update restarts, as `compare` finds it.
    """
    found = {one.name: one for one in restarts}
    return (*_machines(before, after, found), *_objects(before, after, found))


def _machines(before: StackPlan, after: StackPlan, found: dict[str, Restart]) -> Iterator[Event]:
    old, new = before.volume_size_gib, after.volume_size_gib
    grows = Event(key="volume", what=f"the volume grows from {old} to {new} GiB, while it is used", effect=_NOBODY)
    # Where the volume names its server (an input of the volume), Pulumi updates the server first. Elsewhere a resource
    # of its own attaches the volume, and the volume does not wait for the server.
    late = bool(CLOUDS[after.provider].volume.server)
    if new > old and not late:
        yield grows
    if SERVER in found:
        yield Event(
            key="server",
            what=f"the server is powered off, becomes a {after.server.instance_type} and starts again",
            effect=f"the shop is down for about {minutes(found[SERVER].away_seconds)}; tasks wait in the queue",
        )
    if new > old and late:
        yield grows
    if new > old:
        yield Event(key="file-system", what="the volume's file system grows, while it is used", effect=_NOBODY)
    if K3S in found:
        yield Event(
            key="k3s",
            what="k3s restarts",
            effect=f"pods keep running; kubectl gets no answer for about {minutes(found[K3S].away_seconds)}",
        )
    yield from _celery_servers(before, after, found)


def _celery_servers(before: StackPlan, after: StackPlan, found: dict[str, Restart]) -> Iterator[Event]:
    old = before.celery_servers.count if before.celery_servers else 0
    new = after.celery_servers.count if after.celery_servers else 0
    if CELERY_SERVERS in found:
        yield Event(
            key="celery-servers",
            what=f"the Celery servers are powered off, become {_celery_type(after)} and start again",
            effect=f"the shop goes on; its tasks wait for about {minutes(found[CELERY_SERVERS].away_seconds)}",
        )
    if new > old:
        yield Event(key="celery-servers", what=f"Celery servers are added: {old} to {new}", effect=_NOBODY)
    if new < old:
        what = f"Celery servers are drained and deleted: {old} to {new}"
        yield Event(key="celery-servers", what=what, effect="their tasks go back to the queue")


def _objects(before: StackPlan, after: StackPlan, found: dict[str, Restart]) -> Iterator[Event]:
    own = {name for name, one in found.items() if own_reasons(one.why)}
    if _bounds(before, after, operator.gt):
        yield Event(key="namespace", what="the namespace's limits and quota rise", effect=_NOBODY)
    for name in (one for one in _DATA if one in own):
        effect = f"pages and orders wait or fail for about {minutes(restart_seconds(name, after))}"
        yield Event(key=name, what=f"{name} restarts with its new numbers", effect=effect)
    if DJANGO in own:
        first = "the migration job runs, then " if _migrates(before, after, found[DJANGO]) else ""
        what = f"{first}Django's pods are renewed one by one"
        yield Event(key=DJANGO, what=what, effect="the old pod answers until the new one does")
    yield from _tasks(after, own)
    if _bounds(before, after, operator.lt):
        what = "the namespace's limits and quota fall to what the new pods need"
        yield Event(key="namespace-falls", what=what, effect=_NOBODY)
    monitoring = [one for one in _MONITORING if one in own]
    if monitoring:
        yield Event(key="monitoring", what=_restart(monitoring), effect="a minute without measurements")


def _bounds(before: StackPlan, after: StackPlan, moves: Callable[[Any, Any], bool]) -> bool:
    """Return whether `moves(after, before)` is true for any of the namespace's bounds."""
    old, new = before.namespace, after.namespace
    pairs: tuple[tuple[Any, Any], ...] = (
        (new.limit_range_max.memory, old.limit_range_max.memory),
        (new.quota_requests.cpu, old.quota_requests.cpu),
        (new.quota_requests.memory, old.quota_requests.memory),
        (new.quota_memory_limits, old.quota_memory_limits),
        (new.quota_pods, old.quota_pods),
    )
    return any(moves(one, other) for one, other in pairs)


def _migrates(before: StackPlan, after: StackPlan, django: Restart) -> bool:
    """Return whether the migration job runs again: it does when its image, its environment or its amounts change."""
    read = any(reason.startswith("stagecoach:") for reason in django.why)
    return read or before.django.migrate != after.django.migrate


def _celery_type(plan: StackPlan) -> str:
    return plan.celery_servers.instance_type if plan.celery_servers else ""


def _tasks(after: StackPlan, own: set[str]) -> Iterator[Event]:
    workers = [one for one in after.workers if one.workload.name in own]
    if workers:
        grace = max(one.grace_period for one in workers)
        names = ", ".join(one.workload.name for one in workers)
        effect = f"a running task has {grace} s to end, the others wait in the queue"
        yield Event(key="workers", what=f"workers are renewed: {names}", effect=effect)
    rest = [one for one in (CELERY_BEAT, QUEUE_EXPORTER) if one in own]
    if rest:
        yield Event(key="beat", what=_restart(rest), effect="a scheduled task may start some seconds late")


def _restart(names: list[str]) -> str:
    return f"{' and '.join(names)} restart{'s' if len(names) == 1 else ''}"


def downtime_words(diff: StackDiff) -> str:
    """Return how long customers can't use the shop, as a sentence."""
    if diff.downtime.seconds == 0:
        return "none, as far as the plan can tell"
    return f"about {minutes(diff.downtime.seconds)}; breakdown below"


def minutes(seconds: int) -> str:
    """Write seconds as a person would say them: "none", "90 s", "4 minutes"."""
    if seconds == 0:
        return "none"
    if seconds < 2 * 60:
        return f"{seconds} s"
    return f"{round(seconds / 60)} minutes"
