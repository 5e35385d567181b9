"""Commands over SSH that do not run again because the program logs in with another key.

pulumi-command takes a changed connection for a change of the command and runs its script (provider/pkg/provider/
remote/commandController.go, `Update`).  A command whose script and input stay keeps the key that it was run with, which
it needs for nothing any more; when it runs for a reason of its own it takes the key of now.

Two kinds go with the key at once.  What is run when a resource goes is run over the connection that the state has: a
command with a `delete` script.  And the file of keys itself, so that a key is proved before another one is taken out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
from pulumi_command import remote

from infra.names import AUTHORIZED_KEYS_COMMAND
from infra.program.quiet_commands import COMMAND

_FOLLOWS = re.compile(AUTHORIZED_KEYS_COMMAND)
_INPUTS = ("create", "update", "stdin", "triggers", "logging")
# A connection's fields beside its key: Python's name, the provider's.
_FIELDS = {
    "host": "host",
    "user": "user",
    "port": "port",  # the SDK writes its default
    "host_key": "hostKey",
    "dial_error_limit": "dialErrorLimit",
    "per_dial_timeout": "perDialTimeout",
}
Transformation = Callable[[pulumi.ResourceTransformationArgs], pulumi.ResourceTransformationResult | None]


def recorded_commands(resources: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Outputs of the state's commands by logical name; the provider's outputs hold the inputs of the last run."""
    made = {
        urn.rpartition("::")[2]: one.get("outputs") or {} for urn, one in resources.items() if one["type"] == COMMAND
    }
    return {name: one for name, one in made.items() if isinstance(one.get("connection"), Mapping)}


def keeping_connections(recorded: Mapping[str, Mapping[str, Any]]) -> Transformation:
    """A transformation: a command that would run for nothing but another key keeps the one that it had.

    Args:
        recorded: As `recorded_commands` reads it.
    """

    def transformation(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        before = recorded.get(args.name)
        if args.type_ != COMMAND or before is None or _FOLLOWS.fullmatch(args.name) or args.props.get("delete"):
            return None
        inputs = {name: args.props.get(name) for name in _INPUTS}
        chosen = pulumi.Output.all(connection=args.props["connection"], **inputs).apply(
            lambda now: _connection(now.pop("connection"), now, before)
        )
        props = {**args.props, "connection": pulumi.Output.secret(chosen)}
        return pulumi.ResourceTransformationResult(props=props, opts=args.opts)

    return transformation


def _connection(now: Any, inputs: Mapping[str, Any], before: Mapping[str, Any]) -> Any:  # noqa: ANN401  the SDK's types
    """The connection as it is, or with the keys of the last run where nothing else is another."""
    last = before["connection"]
    proxy, last_proxy = _get(now, "proxy", "proxy"), last.get("proxy")
    same = all(inputs[name] == before.get(name) for name in _INPUTS) and _same_way(now, last)
    if not same or bool(proxy) != bool(last_proxy) or (proxy and not _same_way(proxy, last_proxy)):
        return now
    kept = remote.ProxyConnectionArgs(**_fields(proxy), private_key=last_proxy.get("privateKey")) if proxy else None
    return remote.ConnectionArgs(**_fields(now), private_key=last.get("privateKey"), proxy=kept)


def _same_way(now: Any, last: Mapping[str, Any]) -> bool:  # noqa: ANN401  as above
    return all(_get(now, ours, theirs) == last.get(theirs) for ours, theirs in _FIELDS.items())


def _fields(now: Any) -> dict[str, Any]:  # noqa: ANN401  as above
    return {ours: _get(now, ours, theirs) for ours, theirs in _FIELDS.items()}


def _get(now: Any, ours: str, theirs: str) -> Any:  # noqa: ANN401  as above
    """A field of an input type, or of the mapping that it was made to."""
    if isinstance(now, Mapping):
        return now.get(ours, now.get(theirs))
    return getattr(now, ours)
