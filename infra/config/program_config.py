"""The only reader of `pulumi.Config`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env

from infra.config.parse import NAMESPACE, SECRET_KEYS, parse_config
from infra.config.read_yaml import read_yaml
from infra.config.required_secrets import require_secrets
from infra.models.stack_config import StackConfig


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """Encrypted values of the stack file, as secret outputs; None where there is none."""

    env: pulumi.Output[dict[str, str]]
    registry_password: pulumi.Output[str] | None
    alerts_smtp_password: pulumi.Output[str] | None
    alerts_webhooks: pulumi.Output[dict[str, str]] | None  # URLs by receiver


def load_stack_config() -> tuple[StackConfig, Secrets]:
    """The stack's config and its secrets.

    Raises:
        ConfigError: anything in the stack file is wrong, or a secret that it needs is missing.
    """
    # The engine hands config over by the environment, tests and inline programs by a variable.
    values = {key: _value(key, text) for key, text in {**get_config_env(), **CONFIG.get()}.items()}
    config = parse_config(values, title=f"Pulumi.{pulumi.get_stack()}.yaml cannot be used")
    bag = pulumi.Config(NAMESPACE)
    secrets = Secrets(
        env=bag.get_secret_object("env_secrets") or pulumi.Output.secret({}),
        registry_password=bag.get_secret("registry_password"),
        alerts_smtp_password=bag.get_secret("alerts_smtp_password"),
        alerts_webhooks=bag.get_secret_object("alerts_webhooks"),
    )
    require_secrets(config, [key for key in SECRET_KEYS if f"{NAMESPACE}:{key}" in values])
    return config, secrets


def _value(key: str, text: str) -> Any:  # noqa: ANN401  whatever stands in the stack file
    """The engine hands every value over as text: JSON for structures, scalars as they were written."""
    name = key.rpartition(":")[2]
    if name in SECRET_KEYS:
        return {"secure": ""}
    # A list under `domain` is no name, and the model says so.
    if name in ("name", "region", "image", "domain") and not (name == "domain" and text[:1] in ("{", "[")):
        return text
    try:
        return json.loads(text) if text[:1] in ("{", "[") else read_yaml(text)
    except ValueError:
        return text  # the model says what it wants in its place
