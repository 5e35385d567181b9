"""Alertmanager's configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Receivers:
    """Where alerts go; all None: they are only shown."""

    webhook_url: str | None = None
    email_to: str | None = None
    email_from: str | None = None
    smtp_host: str | None = None
    smtp_user: str | None = None


def alertmanager_config(receivers: Receivers, smtp_password: str | None) -> dict[str, Any]:
    """alertmanager.yml: one receiver, alerts grouped by name, critical ones repeated more often."""
    receiver: dict[str, Any] = {"name": "team"}
    if receivers.webhook_url:
        receiver["webhook_configs"] = [{"url": receivers.webhook_url, "send_resolved": True}]
    if receivers.email_to:
        mail: dict[str, Any] = {
            "to": receivers.email_to,
            "from": receivers.email_from,
            "smarthost": receivers.smtp_host,
            "send_resolved": True,
        }
        if receivers.smtp_user:
            mail |= {"auth_username": receivers.smtp_user, "auth_password": smtp_password or ""}
        receiver["email_configs"] = [mail]
    critical = {"receiver": "team", "matchers": ['severity="critical"'], "repeat_interval": "1h"}
    return {
        "route": {
            "receiver": "team",
            "group_by": ["alertname"],
            "group_wait": "30s",
            "repeat_interval": "12h",
            "routes": [critical],
        },
        "receivers": [receiver],
    }
