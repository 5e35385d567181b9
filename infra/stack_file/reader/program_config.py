"""The only reader of `pulumi.Config`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env, get_config_secret_keys_env, is_config_secret

from infra.names import NAMESPACE, stack_path
from infra.stack_file.reader.engine_config import parse_engine_config
from infra.stack_file.reader.required_secrets import require_secrets
from infra.stack_file.reader.secrecy import SECRET_KEYS
from infra.stack_file.reader.secret_values import object_of
from infra.stack_file.stack_config import StackConfig


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """Encrypted values of the stack file, as secret outputs; None where there is none."""

    env: pulumi.Output[dict[str, str]]
    registry_password: pulumi.Output[str] | None
    alerts_smtp_password: pulumi.Output[str] | None
    alerts_webhooks: pulumi.Output[dict[str, str]] | None  # URLs by receiver
    alerts_heartbeat_url: pulumi.Output[str] | None


def load_stack_config() -> tuple[StackConfig, Secrets]:
    """The stack's config and its secrets.

    Raises:
        ConfigError: anything in the stack file is wrong, or a secret that it needs is missing.
    """
    # The engine hands config over by the environment, tests and inline programs by a variable.
    texts = {**get_config_env(), **CONFIG.get()}
    path = Path(stack_path(pulumi.get_stack()))
    hidden = {*get_config_secret_keys_env(), *(key for key in texts if is_config_secret(key))}
    config = parse_engine_config(texts, path, hidden)
    bag = pulumi.Config(NAMESPACE)
    secrets = Secrets(
        env=bag.get_secret_object("env_secrets") or pulumi.Output.secret({}),
        registry_password=bag.get_secret("registry_password"),
        alerts_smtp_password=bag.get_secret("alerts_smtp_password"),
        alerts_webhooks=bag.get_secret_object("alerts_webhooks"),
        alerts_heartbeat_url=bag.get_secret("alerts_heartbeat_url"),
    )
    present = [key for key in SECRET_KEYS if f"{NAMESPACE}:{key}" in texts]
    require_secrets(config, present, object_of(texts.get(f"{NAMESPACE}:alerts_webhooks", "")))
    return config, secrets
