"""List the values that a shell offers for an option."""

from __future__ import annotations

from pathlib import Path

from infra.clouds import CLOUDS
from infra.stack_file.deployments import stack_name
from stacks import STAGES


def providers() -> list[str]:
    """Return the clouds of the catalog."""
    return list(CLOUDS)


def stages() -> list[str]:
    """Return the stages' numbers."""
    return [str(number) for number in STAGES]


def stack_files() -> list[str]:
    """Return the stack files in this folder."""
    return sorted(str(path) for path in Path().glob("Pulumi.*.yaml"))


def sides() -> list[str]:
    """Return the sides that `diff` may compare; commits must be typed by hand."""
    return [*stages(), *stack_files()]


def instance_types() -> list[str]:
    """Return the instance types of all catalogs."""
    return [row.name for cloud in CLOUDS.values() for row in cloud.catalog.instance_types]


def parts() -> list[str]:
    """Return the parts of a running shop for `logs` and `restart`; a stack's own pools are not known here."""
    return ["web", "worker", "beat", "exporter", "postgres", "broker", "cache", "migration", "backup", "prometheus"]


def stacks() -> list[str]:
    """Return the stacks of the stack files in this folder."""
    return [stack_name(name) for name in stack_files()]
