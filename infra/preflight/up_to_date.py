"""Compare the state with the provider, so that the plan is made for the servers that exist after a failed update."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pulumi

from infra.clouds.choose import cloud
from infra.clouds.interface import FoundServer
from infra.errors import Problem, RefusedError
from infra.names import SERVER_RESOURCE, VOLUME_RESOURCE
from infra.preflight.existing import unasked
from infra.preflight.saved import (
    Resources,
    SavedServer,
    attached_volume,
    last_instance_type,
    other_label,
    refresh_first,
    saved_servers,
    types_that_answered,
)
from infra.stack_file.stack_config import StackConfig


def require_up_to_date(config: StackConfig, resources: Resources) -> None:
    """Ask the provider for its servers, unless the state has none.

    After a failed update the plugins of DigitalOcean and Vultr save the *planned* values. The next update would find
    nothing to do, and would place the next stage's pods on the old server (ADR 0021).

    Args:
        config: The stack file.
        resources: The state's resources by URN, each with its type and outputs.

    Raises:
        RefusedError: The state has another size than the provider, or a volume is not attached; or the provider cannot
            be asked and the last update failed.
    """
    saved = list(saved_servers(resources))
    if not saved:
        return
    try:
        found = cloud(config.provider).find_servers(config.name, _last_number(saved))
        detached = _detached(config, attached_volume(resources))
    except Exception as error:  # noqa: BLE001  the SDK raises plain Exceptions for whatever the provider says
        _unknown(config, resources, saved, error)
        return
    for line in _lost(config, saved, found):
        pulumi.log.warn(line)
    problems = [*_other_sizes(saved, found), *detached]
    if problems:
        raise RefusedError("the state is not what the provider has; nothing was touched", problems)


def _last_number(saved: list[SavedServer]) -> int:
    """Return the highest number of a Celery server: a failed update may have left the third and deleted the others."""
    return max((int(found) for one in saved for found in re.findall(r"-(\d+)-", one.resource)), default=0)


def _other_sizes(saved: list[SavedServer], found: list[FoundServer]) -> Iterator[Problem]:
    """Yield a problem for each server whose type differs; of several servers with its name, one may match."""
    for server in saved:
        types = {one.instance_type for one in found if one.name == server.name}
        if types and server.instance_type not in types:
            read = refresh_first(server.resource, pulumi.get_stack())
            yield Problem(
                path=f"server {server.name}",
                value=" or ".join(sorted(types)),
                allowed=f"the state says {server.instance_type}: a resize failed, or was done by hand",
                hint=f"{read}: it plans with the size that the server has",
            )


def _lost(config: StackConfig, saved: list[SavedServer], found: list[FoundServer]) -> Iterator[str]:
    """Yield a warning for each missing server; refusing would block every update if only its label was removed."""
    names = {one.name for one in found}
    for server in saved:
        if server.name in names:
            continue
        page = "lost-server.md" if server.resource == SERVER_RESOURCE else "celery-servers.md#one-is-lost"
        yield (
            f"{config.provider} has no server {server.name} with this deployment's label, although the state has one. "
            f"If it is lost, follow docs/how-to/{page} first"
        )


def _detached(config: StackConfig, label: str) -> list[Problem]:
    """Return a problem if the volume is attached to no server, under either of its labels.

    A failed update saves the new label, which the provider may never have received.
    """
    if not label:
        return []
    attached = cloud(config.provider).volume_attached
    answers = ((one, attached(one)) for one in (label, other_label(label, config.name)))
    there, answer = next((one for one in answers if one[1] is not None), ("", None))
    if answer is not False:
        return []
    return [
        Problem(
            path="the data volume",
            value=there,
            allowed="the state says that the server has it, but it belongs to none",
            hint=f"{refresh_first(VOLUME_RESOURCE, pulumi.get_stack())}: it attaches the volume",
        )
    ]


def _unknown(config: StackConfig, resources: Resources, saved: list[SavedServer], error: Exception) -> None:
    """Warn if the state agrees with the last success, else refuse: an outage of the API must not block the app."""
    problem = unasked(config, error)
    last = {SERVER_RESOURCE: last_instance_type(resources), **types_that_answered(resources)}
    unsure = [one.name for one in saved if last.get(one.resource, "") not in ("", one.instance_type)]
    if unsure:
        title = (
            f"the last update did not end well, and the provider could not be asked what {' and '.join(unsure)} is now"
        )
        raise RefusedError(title, [problem])
    pulumi.log.warn(f"the provider could not be asked what the servers are; the plan goes by the state. {problem}")
