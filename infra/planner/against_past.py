"""Refuse changes that a running deployment cannot make."""

from __future__ import annotations

from collections.abc import Iterator

from infra.errors import Problem, RefusedError
from infra.sizing.inputs import Recorded
from infra.stack_file.k3s_config import kubernetes_minor
from infra.stack_file.stack_config import StackConfig
from infra.versions import K3S_STEPS, VERSION


def require_possible(config: StackConfig, recorded: Recorded | None) -> None:
    """Refuse an update that would replace the server, lose data, or skip a step.

    Args:
        config: The stack file.
        recorded: What the deployment has; None if it does not exist yet.

    Raises:
        RefusedError: Lists every reason.
    """
    if recorded is None:
        return
    problems = [
        *_moved(config, recorded),
        *_shrunk(config, recorded),
        *_newer(recorded),
        *k3s_step(config.k3s.version, recorded.k3s_version),
    ]
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
    """Refuse a smaller volume if the stack file asks for it; a smaller stage keeps the volume, and the plan says so."""
    wanted, has = config.volume_size_gib, recorded.volume_size_gib
    if wanted is not None and wanted < has:
        yield Problem(
            path="stagecoach:volume_size_gib",
            value=str(wanted),
            allowed=f"at least {has}, the size of this deployment's volume: a volume never shrinks",
            hint=f"Set it to {has} or more, or leave it out",
        )


def _newer(recorded: Recorded) -> Iterator[Problem]:
    """Refuse an older program than the one that built the deployment, because it would undo newer parts."""
    if _number(recorded.version) > _number(VERSION):
        yield Problem(
            path="stagecoach's version",
            value=VERSION,
            allowed=f"at least {recorded.version}, which built this deployment",
            hint="Update the checkout: git pull, then make setup",
        )


def keep_running(config: StackConfig, recorded: Recorded | None) -> StackConfig:
    """Return the config with the k3s that the servers run, unless the stack file names a release.

    Args:
        config: The stack file.
        recorded: What the deployment has; None if it does not exist yet.
    """
    if recorded is None or config.k3s.version or not recorded.k3s_version:
        return config
    # This release is not validated: an older program may have installed one that is no longer offered.
    return config.model_copy(update={"k3s": config.k3s.model_copy(update={"version": recorded.k3s_version})})


def k3s_step(wanted: str | None, has: str) -> Iterator[Problem]:
    """Yield what is wrong with a step from one release of k3s to another.

    Kubernetes upgrades one minor version at a time, and k3s returns to an earlier minor only with a datastore from that
    time.

    Args:
        wanted: The release that the stack file names; None if it names none.
        has: The release that the servers run; empty if it is unknown.
    """
    if wanted is None or not has:
        return
    to, now = kubernetes_minor(wanted), kubernetes_minor(has)
    if to > now + 1:
        allowed = f"{has} runs here, and a minor of Kubernetes can't be skipped"
        step = K3S_STEPS.get(now + 1)
        first = f"Update to {step} first" if step else f"Leave it out to keep {has}: this checkout has no step from it"
        hint = f"{first}; docs/how-to/upgrade-k3s.md has the steps"
        yield Problem(path="stagecoach:k3s.version", value=wanted, allowed=allowed, hint=hint)
    elif to < now:
        allowed = f"{has} runs here, and k3s can't go back to an earlier minor without its datastore from that time"
        hint = f"Name a release of 1.{now} or 1.{now + 1}, or leave it out to keep {has}"
        yield Problem(path="stagecoach:k3s.version", value=wanted, allowed=allowed, hint=hint)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
