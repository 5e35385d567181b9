"""Read the stack's config for the program; nothing else uses `pulumi.Config`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env, get_config_secret_keys_env, is_config_secret

from infra.names import NAMESPACE, stack_path
from infra.stack_file.reader.engine_config import parse_engine_config
from infra.stack_file.reader.required_secrets import present_secrets, require_secrets
from infra.stack_file.reader.secrecy import NAMED_SECRETS
from infra.stack_file.reader.secret_values import object_of
from infra.stack_file.stack_config import StackConfig


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """The stack file's encrypted values are secret outputs; a missing one is None."""

    env: pulumi.Output[dict[str, str]]
    registry_password: pulumi.Output[str] | None
    alerts_smtp_password: pulumi.Output[str] | None
    alerts_webhooks: pulumi.Output[dict[str, str]] | None  # URLs by the receiver's name
    alerts_heartbeat_url: pulumi.Output[str] | None


def load_stack_config() -> tuple[StackConfig, Secrets]:
    """Return the stack's config and its secrets.

    Raises:
        ConfigError: Something in the stack file is wrong, or a secret that it needs is missing.
    """
    # The engine passes the config in the environment; tests and inline programs pass it in a context variable.
    texts = {**get_config_env(), **CONFIG.get()}
    path = Path(stack_path(pulumi.get_stack()))
    hidden = {*get_config_secret_keys_env(), *(key for key in texts if is_config_secret(key))}
    config = parse_engine_config(texts, path, hidden)
    present = present_secrets(texts)
    require_secrets(config, present, object_of(texts.get(f"{NAMESPACE}:alerts_webhooks", "")))
    bag = pulumi.Config(NAMESPACE)
    text = {key: bag.get_secret(key) for key in present if key not in NAMED_SECRETS}
    by_name = {key: bag.get_secret_object(key) for key in present if key in NAMED_SECRETS}
    secrets = Secrets(
        env=by_name.get("env_secrets") or pulumi.Output.secret({}),
        registry_password=text.get("registry_password"),
        alerts_smtp_password=text.get("alerts_smtp_password"),
        alerts_webhooks=by_name.get("alerts_webhooks"),
        alerts_heartbeat_url=text.get("alerts_heartbeat_url"),
    )
    return config, secrets
