"""Keep commands over SSH from running again because the program logs in with another key.

pulumi-command counts a changed connection as a change of the command and runs its script (provider/pkg/provider/
remote/commandController.go, `Update`). So a command whose script and input stay keeps the key of its last run, which it
does not need any more. When it runs for another reason, it uses the current key.

Two kinds of commands always use the current key: those with a `delete` script, because the provider runs it over the
connection in the state, and the one that writes the file of keys, so that a new key is proved before the old one is
removed.
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
# A connection's fields other than its key: the name in Python, and the provider's name.
_FIELDS = {
    "host": "host",
    "user": "user",
    "port": "port",  # the SDK fills in its default
    "host_key": "hostKey",
    "dial_error_limit": "dialErrorLimit",
    "per_dial_timeout": "perDialTimeout",
}
Transformation = Callable[[pulumi.ResourceTransformationArgs], pulumi.ResourceTransformationResult | None]


def recorded_commands(resources: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the outputs of the state's commands by logical name; they include the inputs of the last run.

    Args:
        resources: the state's resources by URN, each with its type and outputs.
    """
    made = {
        urn.rpartition("::")[2]: one.get("outputs") or {} for urn, one in resources.items() if one["type"] == COMMAND
    }
    return {name: one for name, one in made.items() if isinstance(one.get("connection"), Mapping)}


def keeping_connections(recorded: Mapping[str, Mapping[str, Any]]) -> Transformation:
    """Return a transformation that keeps the last run's key for a command in which only the key changed.

    Args:
        recorded: the state's commands, as `recorded_commands` returns them.
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
    """Return the connection with the keys of the last run if only the keys differ; otherwise return it unchanged."""
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
    """Return a field of an input type, or of the mapping that the SDK turned it into."""
    if isinstance(now, Mapping):
        return now.get(ours, now.get(theirs))
    return getattr(now, ours)
