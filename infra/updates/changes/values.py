"""Plans and stack configs as flat mappings from a path to a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from infra.sizing.plan import StackPlan, Workloads
from infra.stack_file.stack_config import StackConfig
from infra.stack_file.values.hidden import without_logins, without_path
from infra.units import MIB, Cpu, Memory
from infra.updates.changes.stack_diff import Change

# What the plan says about itself, not what is built.
_REMARKS = ("checks", "departures", "fits", "missing")
# The fields by which a tuple's members are told apart, most telling first.
_KEYS = ("name", "workload", "role")
# Shown through the plan (stage, customers, overrides, sizes), or in the head of the comparison.
_PLANNED = ("stage", "customers", "instance_type", "volume_size_gib", "celery_servers", "overrides")

_HOOKS = (".webhook_url", ".heartbeat_url")


def plan_values(plan: StackPlan) -> dict[str, str]:
    """Every amount, count and setting of a plan, for example `postgres.containers.postgres.limits.memory`."""
    flat: dict[str, str] = {}
    runs = {field.name for field in fields(Workloads)}
    # The server first, then what runs on it.
    for field in sorted(fields(plan), key=lambda field: field.name in runs):
        if field.compare and field.name not in _REMARKS:
            flat.update(_flat(field.name, getattr(plan, field.name)))
    return flat


def config_values(config: StackConfig) -> dict[str, str]:
    """The stack file's values that reach the stack without passing through the plan, under the file's own keys."""
    values = config.model_dump(mode="json", exclude={*_PLANNED, "domain", "domains"})
    # One name is the same under either key.
    values |= {"domain": config.host, "domains": list(config.hosts) if len(config.hosts) > 1 else None}
    return {f"stagecoach:{key}": text for key, text in _flat_mapping("", values)}


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    """What differs, in the order of `after`; what only `before` has comes last."""
    paths = [*after, *(path for path in before if path not in after)]
    return tuple(
        Change(path=path, before=_shown(path, before.get(path)), after=_shown(path, after.get(path)))
        for path in paths
        if before.get(path) != after.get(path)
    )


def _shown(path: str, text: str | None) -> str | None:
    """Without what is as good as a password: a comparison goes under pull requests."""
    if not text:
        return text
    return without_path(text) if path.endswith(_HOOKS) else without_logins(text)


def _flat(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Leaves are amounts, numbers, texts and flags; None is no leaf: the other side shows it as missing."""
    if value is None:
        return
    if is_dataclass(value) and not isinstance(value, (Cpu, Memory, type)):
        for field in fields(value):
            if not field.compare:
                continue  # what the plan says of itself
            # `postgres.workload.replicas` and `beat.replicas` are the same thing.
            below = path if field.name == "workload" else f"{path}.{field.name}"
            yield from _flat(below, getattr(value, field.name))
    elif isinstance(value, tuple):
        yield from _flat_tuple(path, value)
    elif isinstance(value, Memory):
        # An amount in bytes, such as what is allocatable, is read in MiB.
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
