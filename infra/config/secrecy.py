"""What is encrypted in a stack file, and what has to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.app_contract import reserved_problem
from infra.errors import Problem
from infra.models.variable_name import variable_problem

# Encrypted values: they never enter a model, the program gets them as secret outputs.
SECRET_KEYS: dict[str, str] = {
    "env_secrets": "more environment variables of the app, encrypted; needs `--path`, one variable at a time",
    "registry_password": "password of `registry.username`",
    "alerts_smtp_password": "password of `alerts.smtp_user`",
    "alerts_webhooks": "webhook URLs by receiver, as one JSON object, where the URL is as good as a password",
}
_ENV = "env_secrets"


def secret_problems(own: Mapping[str, Any], namespace: str) -> Iterator[Problem]:
    """Encrypted values where a model reads them, plain ones where a secret belongs.

    Args:
        own: The program's keys without their namespace.
        namespace: For messages.
    """
    for key, value in own.items():
        path = f"{namespace}:{key}"
        if key not in SECRET_KEYS:
            if has_secret(value):
                only = f"Only {', '.join(SECRET_KEYS)} are secrets"
                yield Problem(path=path, value="an encrypted value", allowed="plain text", hint=only)
        elif key == _ENV and isinstance(value, dict) and not is_secret(value):
            app = own.get("app")
            others = {"env": own.get("env"), "app.aliases": app.get("aliases") if isinstance(app, dict) else None}
            yield from _variables(path, value, others)
        elif not is_secret(value):
            hint = f"Set it with `pulumi config set --secret {path}`"
            yield Problem(path=path, value="plain text", allowed="an encrypted value", hint=hint)


def is_secret(value: object) -> bool:
    """Whether all of it is encrypted, as the engine writes that."""
    return isinstance(value, dict) and set(value) == {"secure"} and isinstance(value["secure"], str)


def has_secret(value: object) -> bool:
    """Whether any part of it is encrypted."""
    if isinstance(value, dict):
        return is_secret(value) or any(has_secret(one) for one in value.values())
    return isinstance(value, list) and any(has_secret(one) for one in value)


def _variables(path: str, values: Mapping[Any, Any], others: Mapping[str, object]) -> Iterator[Problem]:
    """Each variable is encrypted by itself, and one that is not lies readable in git."""
    for name, value in values.items():
        one = f"{path}.{name}"
        if not is_secret(value):
            hint = f"Set it with `pulumi config set --secret --path '{path}.{name}'`, and change it where it is used"
            allowed = "an encrypted value: whoever reads git has this one"
            yield Problem(path=one, value="plain text", allowed=allowed, hint=hint)
        if found := variable_problem(str(name)):
            yield Problem(path=one, value="", allowed=found, hint="Choose another name")
        elif reserved := reserved_problem([str(name)]):
            yield Problem(path=one, value="", allowed=reserved, hint="Or remove it")
        for key, other in others.items():
            if isinstance(other, dict) and name in other:
                yield Problem(path=one, value="", allowed=f"stands in `{key}` as well", hint="Remove one of them")
