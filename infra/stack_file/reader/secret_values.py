"""Check the contents of encrypted values, which only the program sees; no message shows any of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from infra.errors import Problem
from infra.stack_file.strict import HiddenValueError
from infra.stack_file.values.hook_url import secret_hook_url
from infra.stack_file.values.variable_name import total_problem, value_problem


def value_problems(texts: Mapping[str, str], namespace: str, plain: str = "") -> Iterator[Problem]:
    """Yield a problem for each value that the app or Alertmanager could not use.

    Args:
        texts: The decrypted values by key, with the namespace.
        namespace: The namespace of the program's keys.
        plain: The JSON object of the plain variables, because one Kubernetes Secret holds them and the encrypted ones.
    """
    env, hooks = f"{namespace}:env_secrets", f"{namespace}:alerts_webhooks"
    for key in (env, hooks):
        if texts.get(key) and object_of(texts[key]) is None:
            hint = f"Set each with `pulumi config set --secret --path '{key}.NAME'`"
            yield Problem(path=key, value="", allowed="is no JSON object of names and values", hint=hint)
    variables = object_of(texts.get(env, "")) or {}
    for name, value in variables.items():
        if problem := _variable(name, value):
            yield _set_again(f"{env}.{name}", problem)
    if variables and (problem := total_problem(map(str, [*variables.values(), *(object_of(plain) or {}).values()]))):
        yield Problem(path=env, value="", allowed=f"with `env` {problem}", hint="Or remove some")
    for name, value in (object_of(texts.get(hooks, "")) or {}).items():
        if problem := _url(value):
            yield _set_again(f"{hooks}.{name}", problem)
    heartbeat = f"{namespace}:alerts_heartbeat_url"
    if heartbeat in texts and (problem := _url(texts[heartbeat])):
        hint = f"Set it with `pulumi config set --secret {heartbeat}`"
        yield Problem(path=heartbeat, value="", allowed=problem, hint=hint)


def object_of(text: str) -> dict[str, Any] | None:
    """Return the JSON object of a text, or None if it is something else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _set_again(path: str, problem: str) -> Problem:
    hint = f"Set it with `pulumi config set --secret --path '{path}'`"
    return Problem(path=path, value="", allowed=problem, hint=hint)


def _variable(name: str, value: object) -> str:
    """Explain why a Kubernetes Secret or an environment cannot hold the value; empty if it can."""
    return value_problem(name, value) if isinstance(value, str) else "is no text: write it in quotes"


def _url(value: object) -> str:
    if not isinstance(value, str):
        return "is no URL"
    try:
        secret_hook_url(value)
    except HiddenValueError as error:
        return str(error)
    return ""
