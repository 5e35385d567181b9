"""What a stack file may not ask of a deployment that exists already."""

from __future__ import annotations

from collections.abc import Iterator

from infra.errors import Problem, RefusedError
from infra.models.stack_config import StackConfig
from infra.sizing.inputs import Recorded
from infra.versions import VERSION


def require_possible(config: StackConfig, recorded: Recorded | None) -> None:
    """Raises RefusedError, with every reason, where the update would replace the server or lose data."""
    if recorded is None:
        return
    problems = [*_moved(config, recorded), *_shrunk(config, recorded), *_newer(recorded)]
    if problems:
        raise RefusedError("the deployment that exists can't become this", problems)


def _moved(config: StackConfig, recorded: Recorded) -> Iterator[Problem]:
    for key in ("name", "provider", "region"):
        wanted, has = getattr(config, key), getattr(recorded, key)
        if wanted != has:
            yield Problem(
                path=f"stagecoach:{key}",
                value=wanted,
                allowed=f"{has}, where this stack's server stands: another one would replace the server and its data",
                hint="Take the change back; for a second deployment make a stack of its own with another name",
            )


def _shrunk(config: StackConfig, recorded: Recorded) -> Iterator[Problem]:
    """A stage that asks for less keeps the volume, and the plan says so; what a person wrote is taken at its word."""
    wanted, has = config.volume_size_gib, recorded.volume_size_gib
    if wanted is not None and wanted < has:
        yield Problem(
            path="stagecoach:volume_size_gib",
            value=str(wanted),
            allowed=f"at least {has}, the size of this deployment's volume: a volume never shrinks",
            hint=f"Set it to {has} or more, or leave it out",
        )


def _newer(recorded: Recorded) -> Iterator[Problem]:
    """An older program would take back what a newer one built."""
    if _number(recorded.version) > _number(VERSION):
        yield Problem(
            path="stagecoach's version",
            value=VERSION,
            allowed=f"at least {recorded.version}, which built this deployment",
            hint="Update the checkout: git pull, then make setup",
        )


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
