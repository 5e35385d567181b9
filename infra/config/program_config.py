"""The only reader of `pulumi.Config`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env

from infra.config.engine_values import from_engine
from infra.config.parse import parse_config, read_file
from infra.config.required_secrets import require_secrets
from infra.config.secrecy import SECRET_KEYS, secret_problems
from infra.config.stack_text import read_stack_text
from infra.errors import Problem
from infra.models.stack_config import StackConfig
from infra.names import NAMESPACE, stack_path


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
    path = Path(stack_path(pulumi.get_stack()))
    config = parse_config(values, title=f"{path} cannot be used", extra=_as_written(path))
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
    """The engine has decrypted secrets, so that the file alone shows what is one."""
    name = key.rpartition(":")[2]
    return {"secure": ""} if name in SECRET_KEYS else from_engine(name, text)


def _as_written(path: Path) -> Iterator[Problem]:
    """What the engine's reading hides: numbers that it has changed, secrets in plain text.

    The values are the engine's all the same: `--config-file` may name another file, an environment may add keys.
    """
    if not path.is_file():
        return
    found = read_stack_text(read_file(path), path)
    yield from found.problems
    own = {key.partition(":")[2]: value for key, value in found.values.items() if key.startswith(f"{NAMESPACE}:")}
    yield from secret_problems(own, NAMESPACE)
