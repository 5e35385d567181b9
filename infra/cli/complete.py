"""What a shell offers for an option's value."""

from __future__ import annotations

from pathlib import Path

from infra.clouds import CLOUDS
from infra.stack_file.deployments import stack_name
from stacks import STAGES


def providers() -> list[str]:
    """The clouds of the catalog."""
    return list(CLOUDS)


def stages() -> list[str]:
    """Their numbers."""
    return [str(number) for number in STAGES]


def stack_files() -> list[str]:
    """Stack files in this folder."""
    return sorted(str(path) for path in Path().glob("Pulumi.*.yaml"))


def sides() -> list[str]:
    """What `diff` compares; a commit is typed by hand."""
    return [*stages(), *stack_files()]


def instance_types() -> list[str]:
    """Of all catalogs."""
    return [row.name for cloud in CLOUDS.values() for row in cloud.catalog.instance_types]


def parts() -> list[str]:
    """Of a running shop, as `logs` and `restart` name them; the pools of a stack are not known here."""
    return ["web", "worker", "beat", "exporter", "postgres", "broker", "cache", "migration", "backup", "prometheus"]


def stacks() -> list[str]:
    """The stacks that they belong to."""
    return [stack_name(name) for name in stack_files()]
