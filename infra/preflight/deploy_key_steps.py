"""Allow a deploy key to change only step by step, so that no update logs in with a key that a server lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.errors import Problem, RefusedError
from infra.names import AUTHORIZED_KEYS_COMMAND, NAMESPACE, deploy_key_resource
from infra.preflight.saved import Resources

_COMMAND = "command:remote:Command"
_KEY = "tls:index/privateKey:PrivateKey"
_WRITTEN = re.compile(AUTHORIZED_KEYS_COMMAND)
_PAGE = "docs/how-to/rotate-deploy-key.md has the steps"


def require_next_step(keys: tuple[int, ...], state: Resources) -> None:
    """Refuse keys with which this update could not log in, or which would leave no way back.

    Args:
        keys: Key numbers of the stack file; the update logs in with the first.
        state: The stack's resources by URN, each with its type and outputs.

    Raises:
        RefusedError: Lists the problems of every server.
    """
    problems = list(dict.fromkeys(_problems(keys, state)))
    if problems:
        raise RefusedError("the deploy key changes one step at a time; nothing was changed", problems)


def keys_on_servers(state: Resources) -> dict[str, tuple[int, ...]]:
    """Return the deploy keys on each server, by the command that wrote them.

    Args:
        state: The stack's resources by URN, each with its type and outputs.

    Returns:
        Key numbers by the command's logical name; the update that wrote them logged in with the first.
    """
    made = _made(state)
    found = {}
    for urn, one in state.items():
        logical = urn.rpartition("::")[2]
        if one["type"] == _COMMAND and _WRITTEN.fullmatch(logical):
            lines = str((one.get("outputs") or {}).get("stdin") or "").splitlines()
            found[logical] = tuple(made[line] for line in lines if line in made)
    return found


def step_problems(keys: tuple[int, ...], has: tuple[int, ...], wrote: str) -> Iterator[Problem]:
    """Yield what is wrong with a change of one server's keys.

    Args:
        keys: Key numbers of the stack file; the update logs in with the first.
        has: Key numbers in the server's file, the one in use first.
        wrote: The command or file that the message cites.
    """
    used = keys[0]
    if used not in has:
        allowed = f"key {used} may not log in yet ({wrote} wrote {list(has)})"
        yield _problem(keys, allowed, [has[0], used])
    elif has[0] not in keys:
        allowed = f"key {has[0]} is the one in use until an update has logged in with key {used} ({wrote})"
        yield _problem(keys, allowed, [used, has[0]])


def _leaving(state: Resources) -> Iterator[tuple[str, int]]:
    """Yield the commands that run when a Celery server is deleted, each with the key that it would log in with.

    The engine runs them over the connection in the state, even if the program has another one by then.
    """
    made = _made(state, "privateKeyOpenssh")
    for urn, one in state.items():
        outputs: Mapping[str, Any] = one.get("outputs") or {}
        if one["type"] == _COMMAND and outputs.get("delete"):
            key = str((outputs.get("connection") or {}).get("privateKey") or "").strip()
            if key in made:
                yield urn.rpartition("::")[2], made[key]


def _made(state: Resources, half: str = "publicKeyOpenssh") -> dict[str, int]:
    """Return key numbers by public key, or by private key."""
    names = {deploy_key_resource(number): number for number in range(1, 10)}
    keys: dict[str, int] = {}
    for urn, one in state.items():
        number = names.get(urn.rpartition("::")[2])
        outputs: Mapping[str, Any] = one.get("outputs") or {}
        if one["type"] == _KEY and number and outputs.get(half):
            keys[str(outputs[half]).strip()] = number
    return keys


def _problems(keys: tuple[int, ...], state: Resources) -> Iterator[Problem]:
    used, servers = keys[0], keys_on_servers(state)
    made = set(_made(state).values())
    if made and not servers and used not in made:
        # An update that was cut off left its servers with the keys that existed then.
        yield _problem(keys, f"key {used} does not exist yet, the servers have key {min(made)}", [min(made), used])
    for command, has in servers.items():
        if has:
            yield from step_problems(keys, has, command)
    for command, number in _leaving(state):
        if number not in keys:
            allowed = f"{command} would still log in with key {number} when its server goes: the update before stopped"
            yield _problem(keys, allowed, [used, number])


def _problem(keys: tuple[int, ...], allowed: str, first: list[int]) -> Problem:
    hint = f"Write {first} and update, then go on; {_PAGE}"
    return Problem(path=f"{NAMESPACE}:deploy_keys", value=str(list(keys)), allowed=allowed, hint=hint)
