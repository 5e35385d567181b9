"""Check that the stack file has the secrets that its plain keys need."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from infra.errors import ConfigError, Problem
from infra.names import NAMESPACE
from infra.stack_file.reader.secrecy import SECRET_KEYS
from infra.stack_file.stack_config import StackConfig


def present_secrets(values: Mapping[str, object]) -> list[str]:
    """Return the keys of the secrets that are set, without their namespace; a key without a value counts as missing.

    Args:
        values: The values of the stack file, or the engine's texts, by key with its namespace.
    """
    return [key for key in SECRET_KEYS if values.get(f"{NAMESPACE}:{key}")]


def require_secrets(config: StackConfig, present: Collection[str], webhooks: Collection[str] | None = None) -> None:
    """Require a way to reach every receiver, and a password for every login.

    Args:
        config: The plain values of the stack file.
        present: Keys of the secrets that are set, without their namespace.
        webhooks: Names in `alerts_webhooks`; None if they are encrypted together with the URLs.

    Raises:
        ConfigError: Lists every secret that is missing.
    """
    needed = []
    if config.registry:
        needed.append("registry_password")
    if config.alerts.smtp_user:
        needed.append("alerts_smtp_password")
    without = [name for name, one in config.alerts.receivers.items() if not (one.webhook_url or one.email_to)]
    if without:
        needed.append("alerts_webhooks")
    problems = [
        Problem(
            path=f"{NAMESPACE}:{key}",
            value="",
            allowed="is required",
            hint=f"Set it with `pulumi config set --secret {NAMESPACE}:{key}`",
        )
        for key in needed
        if key not in present
    ]
    if webhooks is not None and "alerts_webhooks" in present:
        problems += [_no_way(name) for name in without if name not in webhooks]
    if problems:
        raise ConfigError("a secret is missing", problems)


def _no_way(receiver: str) -> Problem:
    allowed = "has neither webhook_url nor email_to, and the secret alerts_webhooks does not name it"
    hint = f"Set its URL with `pulumi config set --secret --path '{NAMESPACE}:alerts_webhooks.{receiver}'`"
    return Problem(path=f"{NAMESPACE}:alerts.receivers.{receiver}", value="", allowed=allowed, hint=hint)
