"""What a stack file may say about alerts."""

import pytest
from pydantic import ValidationError

from infra.stack_file.alerts_config import AlertsConfig, MonitoringConfig

MAIL = {"email_from": "shop@example.com", "smtp_host": "mail.example:587"}


class TestAlerts:
    def test_nothing_is_enough(self):
        assert AlertsConfig().receivers == {}

    def test_mail_over_tls_unless_said_otherwise(self):
        assert AlertsConfig(email_to="ops@example.com", **MAIL).require_tls

    def test_a_receiver_gets_everything_unless_said_otherwise(self):
        made = AlertsConfig.model_validate({"receivers": {"chat": {"webhook_url": "https://chat.example/x"}}})
        assert made.receivers["chat"].severities == ("critical", "warning", "info")

    @pytest.mark.parametrize(
        ("values", "problem"),
        [
            ({"email_to": "ops@example.com"}, "email_to needs email_from and smtp_host"),
            ({"receivers": {"x": {"email_to": "ops@example.com"}}}, "email_to needs email_from and smtp_host"),
            ({"webhook_url": "https://a.example", "receivers": {"team": {}}}, "receivers.team: the name is taken"),
            ({"receivers": {"heartbeat": {}}}, "receivers.heartbeat: the name is taken"),
            ({"receivers": {"nobody": {}}}, "receivers.nobody: the name is taken"),
            ({"receivers": {"Pager!": {}}}, "receivers.Pager!: a name has small letters"),
            ({"receivers": {"pager": {"severities": ["loud"]}}}, "'critical', 'warning' or 'info'"),
            ({"receivers": {"pager": {"severities": []}}}, "at least 1 item"),
            ({"receivers": {f"r{number}": {} for number in range(51)}}, "at most 50 items"),
            ({"email_to": "mailto:ops@example.com", **MAIL}, "is no mail address"),
            ({"email_to": "nobody", **MAIL}, "is no mail address"),
            ({"email_to": "a@b.c", "email_from": "a@b.c", "smtp_host": "mail.example"}, "write host:port"),
            ({"heartbeat_url": "hc-ping.com/x"}, "is no URL that begins with https://"),
            ({"webhook_url": "https://"}, "has no host name"),
            ({"receivers": {"chat": {"webhook_url": "https://chat example/x"}}}, "has a blank"),
            ({"heartbeat_url": "https://user:word@hc.example/x"}, "set the URL as a secret"),
        ],
    )
    def test_is_refused(self, values, problem):
        with pytest.raises(ValidationError, match=problem.replace(".", r"\.")):
            AlertsConfig.model_validate(values)


def test_grafana_is_off():
    assert MonitoringConfig().grafana is False


class TestRehearsal:
    def test_is_off(self):
        assert MonitoringConfig().alert_speed == 1

    @pytest.mark.parametrize(
        ("speed", "problem"), [(0, "greater than or equal to 1"), (61, "less than or equal to 60")]
    )
    def test_has_bounds(self, speed, problem):
        with pytest.raises(ValidationError, match=problem):
            MonitoringConfig(alert_speed=speed)
