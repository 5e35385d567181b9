"""Flatten plans and stack configs into mappings from a path to a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from infra.sizing.plan import StackPlan, Workloads
from infra.stack_file.stack_config import StackConfig
from infra.stack_file.values.hidden import without_logins, without_path
from infra.units import MIB, Cpu, Memory
from infra.updates.changes.stack_diff import Change

# These fields describe the plan itself. Nothing is built from them.
_REMARKS = ("checks", "departures", "fits", "missing")
# Members of a tuple are told apart by the first of these fields that they have.
_KEYS = ("name", "workload", "role")
# The plan shows these (stage, customers, overrides, sizes), or the head of the comparison does.
_PLANNED = ("stage", "customers", "instance_type", "volume_size_gib", "celery_servers", "overrides")

_HOOKS = (".webhook_url", ".heartbeat_url")


def plan_values(plan: StackPlan) -> dict[str, str]:
    """Return every amount, count and setting of a plan, for example `postgres.containers.postgres.limits.memory`."""
    flat: dict[str, str] = {}
    runs = {field.name for field in fields(Workloads)}
    # The server's fields come before those of the workloads on it.
    for field in sorted(fields(plan), key=lambda field: field.name in runs):
        if field.compare and field.name not in _REMARKS:
            flat.update(_flat(field.name, getattr(plan, field.name)))
    return flat


def config_values(config: StackConfig) -> dict[str, str]:
    """Return the stack file's values that the plan does not read, under the file's own keys."""
    values = config.model_dump(mode="json", exclude={*_PLANNED, "domain", "domains"})
    # A single name means the same under `domain` and `domains`.
    values |= {"domain": config.host, "domains": list(config.hosts) if len(config.hosts) > 1 else None}
    return {f"stagecoach:{key}": text for key, text in _flat_mapping("", values)}


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    """Return the values that differ, in the order of `after`; values that only `before` has come at the end."""
    paths = [*after, *(path for path in before if path not in after)]
    return tuple(
        Change(path=path, before=_shown(path, before.get(path)), after=_shown(path, after.get(path)))
        for path in paths
        if before.get(path) != after.get(path)
    )


def _shown(path: str, text: str | None) -> str | None:
    """Remove webhook paths and logins: they are as good as passwords, and comparisons are posted on pull requests."""
    if not text:
        return text
    return without_path(text) if path.endswith(_HOOKS) else without_logins(text)


def _flat(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Yield (path, text) for each amount, number, text and flag.

    None yields nothing, so that the comparison shows the value as missing on this side.
    """
    if value is None:
        return
    if is_dataclass(value) and not isinstance(value, (Cpu, Memory, type)):
        for field in fields(value):
            if not field.compare:
                continue  # describes the plan itself
            # `postgres.workload.replicas` and `beat.replicas` mean the same, so `workload` is left out of the path.
            below = path if field.name == "workload" else f"{path}.{field.name}"
            yield from _flat(below, getattr(value, field.name))
    elif isinstance(value, tuple):
        yield from _flat_tuple(path, value)
    elif isinstance(value, Memory):
        # Allocatable memory is a number of bytes, which people read more easily in MiB.
        yield path, str(value) if value.bytes % MIB == 0 else f"{value.bytes / MIB:.1f}Mi"
    else:
        yield path, str(value)


def _flat_tuple(path: str, members: tuple[Any, ...]) -> Iterator[tuple[str, str]]:
    if all(is_dataclass(one) for one in members):
        for one in members:
            yield from _flat(f"{path}.{_key(one)}", one)
    elif all(isinstance(one, tuple) for one in members):  # pairs of a setting and its value
        for key, value in members:
            yield from _flat(f"{path}.{key}", value)
    else:
        yield path, ",".join(str(one) for one in members)


def _key(member: object) -> str:
    found = next(getattr(member, key) for key in _KEYS if hasattr(member, key))
    return str(getattr(found, "name", found))


def _flat_mapping(path: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _flat_mapping(f"{path}.{key}" if path else key, one)
    elif isinstance(value, list):
        yield path, ", ".join(str(one) for one in value)
    elif value is not None:
        yield path, str(value)
