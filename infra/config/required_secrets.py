"""Secrets that a stack file's plain keys ask for."""

from __future__ import annotations

from collections.abc import Collection

from infra.errors import ConfigError, Problem
from infra.models.stack_config import StackConfig
from infra.names import NAMESPACE


def require_secrets(config: StackConfig, present: Collection[str]) -> None:
    """`present` are the secrets' keys that the stack file has, without their namespace.

    Raises:
        ConfigError: lists every one that is missing.
    """
    needed = []
    if config.registry:
        needed.append("registry_password")
    if config.alerts.smtp_user:
        needed.append("alerts_smtp_password")
    if not all(one.webhook_url or one.email_to for one in config.alerts.receivers.values()):
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
    if problems:
        raise ConfigError("a secret is missing", problems)
