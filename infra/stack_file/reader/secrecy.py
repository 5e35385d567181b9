"""Check that a stack file encrypts exactly what it must encrypt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.clouds import CLOUDS
from infra.errors import Problem
from infra.stack_file.alerts_config import TEAM
from infra.stack_file.app_contract import reserved_problem
from infra.stack_file.values.receiver_name import MOST_RECEIVERS, receiver_problem
from infra.stack_file.values.variable_name import variable_problem

# No model holds these values: the program receives them as secret outputs.
SECRET_KEYS: dict[str, str] = {
    "env_secrets": "more environment variables of the app, encrypted; needs `--path`, one variable at a time",
    "registry_password": "password of `registry.username`",
    "alerts_smtp_password": "password of `alerts.smtp_user`",
    "alerts_webhooks": "webhook URLs by receiver, where the URL is as good as a password: one JSON object, or one "
    "receiver at a time with `--path`",
    "alerts_heartbeat_url": "`alerts.heartbeat_url`, where the URL is as good as a password",
}
NAMED_SECRETS = ("env_secrets", "alerts_webhooks")  # each of these holds several values by name
_ENV = "env_secrets"
_TOKENS = tuple(key for cloud in CLOUDS.values() for key in (cloud.api.token.key, *cloud.api.more_secrets))
_READABLE = "an encrypted value: whoever reads git has this one"


def secret_problems(own: Mapping[str, Any], namespace: str) -> Iterator[Problem]:
    """Yield a problem for each encrypted value that a model must read, and each plain one that must be secret.

    Args:
        own: The program's keys without their namespace.
        namespace: The namespace for messages.
    """
    for key, value in own.items():
        path = f"{namespace}:{key}"
        if key not in SECRET_KEYS:
            if has_secret(value):
                only = f"Only {', '.join(SECRET_KEYS)} are secrets"
                yield Problem(path=path, value="an encrypted value", allowed="plain text", hint=only)
        elif key in NAMED_SECRETS and isinstance(value, dict) and not is_secret(value):
            yield from _each(path, value)
            yield from _variables(path, value, _others(own)) if key == _ENV else _receivers(path, value, own)
        elif value is not None and not is_secret(value):
            hint = f"Set it with `pulumi config set --secret {path}`, and change it where it is used"
            yield Problem(path=path, value="plain text", allowed=_READABLE, hint=hint)
    yield from _twice(own, namespace)


def token_problems(values: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for each cloud token that is in the file as plain text.

    Args:
        values: All keys of the file with their namespaces.
    """
    for key in _TOKENS:
        if values.get(key) is not None and not is_secret(values[key]):
            hint = f"Set it with `pulumi config set --secret {key}`, and make a new token at the cloud"
            yield Problem(path=key, value="plain text", allowed=_READABLE, hint=hint)


def is_secret(value: object) -> bool:
    """Return whether the engine has encrypted the whole value."""
    return isinstance(value, dict) and set(value) == {"secure"} and isinstance(value["secure"], str)


def has_secret(value: object) -> bool:
    """Return whether the engine has encrypted any part of the value."""
    if isinstance(value, dict):
        return is_secret(value) or any(has_secret(one) for one in value.values())
    return isinstance(value, list) and any(has_secret(one) for one in value)


def _others(own: Mapping[str, Any]) -> dict[str, object]:
    """Return the other keys that set environment variables, each with its value."""
    app = own.get("app")
    return {"env": own.get("env"), "app.aliases": app.get("aliases") if isinstance(app, dict) else None}


def names_in(value: object) -> list[str] | None:
    """Return the names in a value of `NAMED_SECRETS`, or None if they are encrypted together with their values."""
    return None if is_secret(value) or not isinstance(value, dict) else [str(name) for name in value]


def _each(path: str, values: Mapping[Any, Any]) -> Iterator[Problem]:
    """Yield a problem for each value that is not encrypted: everybody who can read the repository can read it."""
    for name, value in values.items():
        if not is_secret(value):
            hint = f"Set it with `pulumi config set --secret --path '{path}.{name}'`, and change it where it is used"
            yield Problem(path=f"{path}.{name}", value="plain text", allowed=_READABLE, hint=hint)


def _receivers(path: str, values: Mapping[Any, Any], own: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for bad names, for too many, and for URLs that are set as plain text, too."""
    if len(values) > MOST_RECEIVERS:
        allowed, hint = f"at most {MOST_RECEIVERS} receivers, and there are {len(values)}", "Share some of them"
        yield Problem(path=path, value="", allowed=allowed, hint=hint)
    plain = dict(_plain_hooks(own.get("alerts")))
    for name in values:
        if found := receiver_problem(str(name)):
            yield Problem(path=f"{path}.{name}", value="", allowed=found, hint="Choose another name")
        elif name in plain:
            allowed = f"stands in plain text as well, as `{plain[name]}`"
            yield Problem(path=f"{path}.{name}", value="", allowed=allowed, hint="Remove one of them")


def _plain_hooks(alerts: object) -> Iterator[tuple[str, str]]:
    """Yield each receiver that has a URL in plain text, and the key of the URL."""
    if not isinstance(alerts, dict):
        return
    if alerts.get("webhook_url"):
        yield TEAM, "alerts.webhook_url"
    receivers = alerts.get("receivers")
    for name, one in receivers.items() if isinstance(receivers, dict) else ():
        if isinstance(one, dict) and one.get("webhook_url"):
            yield name, f"alerts.receivers.{name}.webhook_url"


def _twice(own: Mapping[str, Any], namespace: str) -> Iterator[Problem]:
    alerts = own.get("alerts")
    if own.get("alerts_heartbeat_url") is not None and isinstance(alerts, dict) and alerts.get("heartbeat_url"):
        path, allowed = f"{namespace}:alerts.heartbeat_url", "stands as the secret `alerts_heartbeat_url` as well"
        yield Problem(path=path, value="", allowed=allowed, hint="Remove one of them")


def _variables(path: str, values: Mapping[Any, Any], others: Mapping[str, object]) -> Iterator[Problem]:
    """Yield a problem for bad and reserved names, and for variables that are set elsewhere, too."""
    for name in values:
        one = f"{path}.{name}"
        if found := variable_problem(str(name)):
            yield Problem(path=one, value="", allowed=found, hint="Choose another name")
        elif reserved := reserved_problem([str(name)]):
            yield Problem(path=one, value="", allowed=reserved, hint="Or remove it")
        for key, other in others.items():
            if isinstance(other, dict) and name in other:
                yield Problem(path=one, value="", allowed=f"stands in `{key}` as well", hint="Remove one of them")
