"""From the stack file's words to what watches the shop."""

import pulumi
import pytest

from infra.components.monitoring.alertmanager import Alerting, Mail, Receiver
from infra.program.monitoring import alerting_of
from infra.stack_file.alerts_config import AlertsConfig
from tests.graphs import BUILT, run, waits_for
from tests.mocks import graph
from tests.programs import CONFIG, program


class TestAlerting:
    def test_nothing_asked(self):
        assert alerting_of(AlertsConfig()) == Alerting()

    def test_the_short_form_is_a_receiver(self):
        alerts = AlertsConfig.model_validate(
            {
                "email_to": "ops@example.com",
                "email_from": "shop@example.com",
                "smtp_host": "mail.example:587",
                "smtp_user": "shop",
                "require_tls": False,
                "heartbeat_url": "https://heartbeat.example/z",
                "receivers": {"pager": {"webhook_url": "https://pager.example/y", "severities": ["critical"]}},
            }
        )
        assert alerting_of(alerts) == Alerting(
            receivers=(
                Receiver(name="team", email_to="ops@example.com"),
                Receiver(name="pager", webhook_url="https://pager.example/y", severities=("critical",)),
            ),
            mail=Mail(sender="shop@example.com", host="mail.example:587", user="shop", require_tls=False),
            heartbeat_url="https://heartbeat.example/z",
        )


class TestSecrets:
    def test_a_receiver_without_a_way_needs_its_url(self):
        """Else its alerts would go nowhere, and nobody would see it."""
        config = {**CONFIG, "stagecoach:stage": 1, "stagecoach:alerts": {"receivers": {"pager": {}}}}
        with pytest.raises(pulumi.RunError, match="stagecoach:alerts_webhooks: is required"):
            graph(refusing, config=config)


def refusing():
    """As __main__.py: messages without a traceback."""
    from infra.errors import StagecoachError  # noqa: PLC0415  one test

    try:
        program()
    except StagecoachError as error:
        raise pulumi.RunError(str(error)) from None


class TestEveryStage:
    @pytest.mark.parametrize(("stage", "provider"), BUILT)
    def test_the_same_parts(self, stage, provider):
        """Policies, Prometheus, node exporter, dashboards; Grafana only where it is asked for."""
        made = run(stage, provider)
        kinds = {made.requests[name].type for name in made.requests if ":monitoring:" in made.requests[name].type}
        assert kinds == {
            f"stagecoach:monitoring:{name}"
            for name in ("MonitoringPolicies", "Prometheus", "NodeExporter", "DashboardFiles")
        }

    def test_closed_before_it_opens(self):
        """Policies stand before the pods that they are for."""
        made = run(2, monitoring={"grafana": True})
        for name in ("prometheus-stateful-set", "grafana-deployment"):
            assert "monitoring-policies-default-deny" in waits_for(made, name)
