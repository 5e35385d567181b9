"""Write Alertmanager's configuration, which says who gets which alerts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.alerts.rules.watch import WATCHDOG
from infra.alerts.speed import faster
from infra.names import HEARTBEAT_RECEIVER, NOBODY_RECEIVER

SEVERITIES = ("critical", "warning", "info")
# Alertmanager forgets after 120 h what it has sent, so no alert may be repeated more rarely.
_REPEAT = {"critical": "1h", "warning": "12h", "info": "96h"}
# Two alerts with equal values of these labels are about the same trouble. A label that both lack counts as equal.
_SAME_THING = ("component", "instance", "mountpoint", "workload", "queue_name")


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """Name a person, group or service, and the severities that it gets."""

    name: str
    webhook_url: str | None = None
    email_to: str | None = None
    severities: tuple[str, ...] = SEVERITIES


@dataclass(frozen=True, kw_only=True)
class Mail:
    """Describe the mail server for alerts; its password is passed separately."""

    sender: str
    host: str  # host:port
    user: str | None
    require_tls: bool


@dataclass(frozen=True, kw_only=True)
class Alerting:
    """Say where alerts go; without receivers they only appear in Alertmanager."""

    receivers: tuple[Receiver, ...] = ()
    mail: Mail | None = None
    heartbeat_url: str | None = None


def alertmanager_config(
    alerting: Alerting,
    *,
    smtp_password: str | None = None,
    webhooks: Mapping[str, str] | None = None,
    heartbeat_url: str | None = None,
    speed: int = 1,
) -> dict[str, Any]:
    """Return the content of alertmanager.yml.

    Args:
        alerting: the stack file's settings in plain text.
        smtp_password: the password of `alerting.mail.user`.
        webhooks: secret URLs by receiver. An unknown name becomes a new receiver that gets everything.
        heartbeat_url: a secret URL, which replaces `alerting.heartbeat_url`.
        speed: divides every duration.
    """
    receivers = _with_webhooks(alerting.receivers, webhooks or {})
    heartbeat = _heartbeat(heartbeat_url or alerting.heartbeat_url)
    config: dict[str, Any] = {
        "route": {
            "receiver": NOBODY_RECEIVER,
            "group_by": ["alertname", "component"],
            "group_wait": faster("30s", speed),
            "group_interval": faster("5m", speed),
            "routes": [
                _watchdog(speed, heard=heartbeat is not None),
                *(_route(one.name, severity, speed) for one in receivers for severity in one.severities),
            ],
        },
        "inhibit_rules": [
            {
                "source_matchers": ['severity="critical"'],
                "target_matchers": ['severity=~"warning|info"'],
                "equal": list(_SAME_THING),
            }
        ],
        "receivers": [
            {"name": NOBODY_RECEIVER},
            *([heartbeat] if heartbeat else []),
            *(_receiver(one) for one in receivers),
        ],
    }
    return {"global": _smtp(alerting.mail, smtp_password), **config} if alerting.mail else config


def _with_webhooks(receivers: tuple[Receiver, ...], webhooks: Mapping[str, str]) -> tuple[Receiver, ...]:
    known = {one.name for one in receivers}
    own = tuple(
        Receiver(
            name=one.name,
            webhook_url=webhooks.get(one.name, one.webhook_url),
            email_to=one.email_to,
            severities=one.severities,
        )
        for one in receivers
    )
    return (*own, *(Receiver(name=name, webhook_url=url) for name, url in webhooks.items() if name not in known))


def _receiver(receiver: Receiver) -> dict[str, Any]:
    made: dict[str, Any] = {"name": receiver.name}
    if receiver.webhook_url:
        made["webhook_configs"] = [{"url": receiver.webhook_url, "send_resolved": True}]
    if receiver.email_to:
        made["email_configs"] = [{"to": receiver.email_to, "send_resolved": True}]
    return made


def _route(receiver: str, severity: str, speed: int) -> dict[str, Any]:
    return {
        "receiver": receiver,
        "matchers": [f'severity="{severity}"'],
        "repeat_interval": faster(_REPEAT[severity], speed),
        "continue": True,  # every receiver gets its own copy
    }


def _watchdog(speed: int, *, heard: bool) -> dict[str, Any]:
    """Return the first route, which also ends the search: nobody should get an alert that is always there."""
    return {
        "receiver": HEARTBEAT_RECEIVER if heard else NOBODY_RECEIVER,
        "matchers": [f'alertname="{WATCHDOG}"'],
        "group_wait": "0s",
        "group_interval": faster("1m", speed),
        "repeat_interval": faster("5m", speed),
    }


def _heartbeat(url: str | None) -> dict[str, Any] | None:
    """Return the receiver that calls a service, which raises the alarm when the calls stop."""
    return {"name": HEARTBEAT_RECEIVER, "webhook_configs": [{"url": url, "send_resolved": False}]} if url else None


def _smtp(mail: Mail, password: str | None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "smtp_from": mail.sender,
        "smtp_smarthost": mail.host,
        "smtp_require_tls": mail.require_tls,
    }
    if mail.user:
        made |= {"smtp_auth_username": mail.user, "smtp_auth_password": password or ""}
    return made
