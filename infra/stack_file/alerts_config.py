"""Define the keys of a stack file for alerts and dashboards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field, model_validator

from infra.stack_file.strict import Between, BetweenFieldsError, StrictModel
from infra.stack_file.values.addresses import MailAddress, MailServer
from infra.stack_file.values.hook_url import HookUrl
from infra.stack_file.values.receiver_name import MOST_RECEIVERS, receiver_problem

Severity = Literal["critical", "warning", "info"]
_ALL: tuple[Severity, ...] = ("critical", "warning", "info")
TEAM = "team"  # name of the receiver that `alerts.webhook_url` and `alerts.email_to` configure


class ReceiverConfig(StrictModel):
    """A receiver gets alerts by webhook or mail; a secret URL belongs in `alerts_webhooks` instead."""

    webhook_url: HookUrl | None = Field(default=None, description="receives Alertmanager's JSON")
    email_to: MailAddress | None = Field(default=None, description="receives alerts by mail")
    severities: tuple[Severity, ...] = Field(default=_ALL, min_length=1, description="which alerts it gets")


class AlertsConfig(StrictModel):
    """Alerts go to the receivers; `webhook_url` and `email_to` configure `team`, which gets every severity."""

    webhook_url: HookUrl | None = Field(default=None, description="receives Alertmanager's JSON")
    email_to: MailAddress | None = Field(default=None, description="receives alerts by mail")
    receivers: dict[str, ReceiverConfig] = Field(
        default_factory=dict, max_length=MOST_RECEIVERS, description="more receivers by name"
    )
    email_from: MailAddress | None = Field(default=None, description="sender of the mails")
    smtp_host: MailServer | None = Field(default=None, description="host:port of the mail server")
    smtp_user: str | None = Field(default=None, max_length=255, description="login at the mail server")
    require_tls: bool = Field(default=True, description="send mail over TLS only")
    heartbeat_url: HookUrl | None = Field(
        default=None,
        description="is called every few minutes; its service warns when the calls stop; may be the secret "
        "`alerts_heartbeat_url` instead",
    )

    @model_validator(mode="after")
    def _between_fields(self) -> AlertsConfig:
        problems = [*self._name_problems(), *self._mail_problems()]
        if problems:
            raise BetweenFieldsError(problems)
        return self

    def _mail_problems(self) -> Iterator[Between]:
        paths = {"alerts.email_to": self.email_to}
        paths |= {f"alerts.receivers.{name}.email_to": one.email_to for name, one in self.receivers.items()}
        allowed = "email_to needs email_from and smtp_host, which say from whom and through which server"
        if self.email_from and self.smtp_host:
            return
        for path, address in paths.items():
            if address:
                needs = (path, "alerts.email_from", "alerts.smtp_host")
                yield Between(path=path, value=address, allowed=allowed, needs=needs)

    def _name_problems(self) -> Iterator[Between]:
        short = self.webhook_url or self.email_to
        for name in self.receivers:
            path = f"alerts.receivers.{name}"
            if problem := receiver_problem(name):
                yield Between(path=path, value="", allowed=problem, needs=(path,), hint="Choose another name")
            elif name == TEAM and short:
                allowed = "the name is taken: `alerts.webhook_url` and `alerts.email_to` are the receiver of that name"
                needs = (path, "alerts.webhook_url", "alerts.email_to")
                yield Between(path=path, value="", allowed=allowed, needs=needs)


class MonitoringConfig(StrictModel):
    """This section switches on parts of monitoring beside Prometheus."""

    grafana: bool = Field(default=False, description="Grafana with the stack's dashboards; from 8 GB of memory on")
    alert_speed: int = Field(
        default=1,
        ge=1,
        le=60,
        description="for a rehearsal: alerts come that many times sooner, because every duration of rules, scraping "
        "and notifications is divided by it",
    )
