"""Replace a stack file's encrypted values by stand-ins: a rendering needs no passphrase and contains no secret."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi

from infra.names import NAMESPACE
from infra.render.mocks import SECRET
from infra.stack_file.reader.parse import read_file
from infra.stack_file.reader.program_config import Secrets
from infra.stack_file.reader.stack_text import read_stack_text
from infra.stack_file.stack_config import StackConfig

_WHOLE = {"secure"}


def stand_ins(config: StackConfig, values: Mapping[str, Any]) -> Secrets:
    """Return stand-ins with the same names as the stack file's secrets; call this only while a program runs."""
    # A receiver without an address must have one among the secrets, or the config is refused.
    needed = [name for name, one in config.alerts.receivers.items() if one.webhook_url is None and one.email_to is None]
    webhooks = values.get(f"{NAMESPACE}:alerts_webhooks")
    return Secrets(
        env=pulumi.Output.secret(_named(values.get(f"{NAMESPACE}:env_secrets"))),
        registry_password=_one(values, "registry_password"),
        alerts_smtp_password=_one(values, "alerts_smtp_password"),
        alerts_webhooks=pulumi.Output.secret(_named(webhooks, needed)) if webhooks else None,
        alerts_heartbeat_url=_one(values, "alerts_heartbeat_url"),
    )


def hidden_names(values: Mapping[str, Any]) -> list[str]:
    """Return the keys that are encrypted as a whole, so that not even the names in them can be read."""
    named = ("env_secrets", "alerts_webhooks")
    return [key for key in named if set(values.get(f"{NAMESPACE}:{key}") or ()) == _WHOLE]


def config_values(path: Path) -> Mapping[str, Any]:
    """Return the values of a stack file that `parse_stack_file` has accepted."""
    return read_stack_text(read_file(path), path).values


def _named(value: Mapping[str, Any] | None, needed: list[str] | None = None) -> dict[str, str]:
    """Return a stand-in for each name that the file shows or the config needs."""
    shown = [] if not value or set(value) == _WHOLE else list(value)
    return dict.fromkeys([*shown, *(needed or [])], SECRET)


def _one(values: Mapping[str, Any], key: str) -> pulumi.Output[str] | None:
    return pulumi.Output.secret(SECRET) if values.get(f"{NAMESPACE}:{key}") else None
