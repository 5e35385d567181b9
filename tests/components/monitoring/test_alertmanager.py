"""Who gets which alerts."""

import shutil
import subprocess

import pytest
import yaml

from infra.components.monitoring.alertmanager import Alerting, Mail, Receiver, alertmanager_config
from tests.components.monitoring.promtool import rules_of
from tests.waiting import patience

MAIL = Mail(sender="shop@example.com", host="mail.example:587", user="shop", require_tls=True)
TEAM = Receiver(name="team", email_to="ops@example.com", webhook_url="https://chat.example/x")
PAGER = Receiver(name="pager", webhook_url="https://pager.example/y", severities=("critical",))
FULL = Alerting(receivers=(TEAM, PAGER), mail=MAIL, heartbeat_url="https://heartbeat.example/z")


def receivers(config):
    return {one["name"]: one for one in config["receivers"]}


class TestReceivers:
    def test_nobody(self):
        """Alerts are shown, and that is all."""
        config = alertmanager_config(Alerting())
        assert config["receivers"] == [{"name": "nobody"}]
        assert config["route"]["receiver"] == "nobody"
        assert "global" not in config

    def test_mail_and_webhook(self):
        made = receivers(alertmanager_config(FULL, smtp_password="secret"))
        assert made["team"] == {
            "name": "team",
            "webhook_configs": [{"url": "https://chat.example/x", "send_resolved": True}],
            "email_configs": [{"to": "ops@example.com", "send_resolved": True}],
        }

    def test_the_mail_server(self):
        assert alertmanager_config(FULL, smtp_password="secret")["global"] == {
            "smtp_from": "shop@example.com",
            "smtp_smarthost": "mail.example:587",
            "smtp_require_tls": True,
            "smtp_auth_username": "shop",
            "smtp_auth_password": "secret",
        }

    def test_a_mail_server_without_login(self):
        mail = Mail(sender="shop@example.com", host="127.0.0.1:25", user=None, require_tls=False)
        made = alertmanager_config(Alerting(receivers=(TEAM,), mail=mail))["global"]
        assert sorted(made) == ["smtp_from", "smtp_require_tls", "smtp_smarthost"]

    def test_secret_urls(self):
        """They take the place of the plain one; a name of their own is a receiver that gets everything."""
        webhooks = {"pager": "https://pager.example/secret", "chat": "https://chat.example/secret"}
        config = alertmanager_config(FULL, webhooks=webhooks)
        urls = {name: one["webhook_configs"][0]["url"] for name, one in receivers(config).items() if len(one) > 1}
        assert urls == {
            "heartbeat": "https://heartbeat.example/z",
            "team": "https://chat.example/x",
            **webhooks,
        }
        routes = [(one["receiver"], one["matchers"][0]) for one in config["route"]["routes"]]
        assert [severity for name, severity in routes if name == "chat"] == [
            'severity="critical"',
            'severity="warning"',
            'severity="info"',
        ]


def test_labels_that_tell_things_apart_are_the_rules_own():
    """A label in `equal` that no rule has would be equal everywhere."""
    (inhibition,) = alertmanager_config(FULL)["inhibit_rules"]
    text = str(rules_of(5))
    assert [label for label in inhibition["equal"] if label not in text] == []


@pytest.mark.monitoring
class TestAmtool:
    """The real program's judgement."""

    @pytest.fixture
    def file(self, tmp_path):
        path = tmp_path / "alertmanager.yml"
        path.write_text(yaml.safe_dump(alertmanager_config(FULL, smtp_password="secret"), sort_keys=False))
        return path

    def amtool(self, *arguments):
        program = shutil.which("amtool")
        assert program, "amtool is missing: make programs"
        done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=patience(60))
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def test_takes_it(self, file):
        assert "SUCCESS" in self.amtool("check-config", str(file))

    def test_takes_it_without_receivers(self, tmp_path):
        (tmp_path / "none.yml").write_text(yaml.safe_dump(alertmanager_config(Alerting())))
        assert "SUCCESS" in self.amtool("check-config", str(tmp_path / "none.yml"))

    @pytest.mark.parametrize(
        ("labels", "expected"),
        [
            ("severity=critical", "team,pager"),
            ("severity=warning", "team"),
            ("severity=info", "team"),
            ("severity=none", "nobody"),
            ("alertname=Watchdog severity=none", "heartbeat"),
        ],
    )
    def test_routes(self, file, labels, expected):
        """The watchdog goes nowhere else, everything else goes to all who asked for it."""
        routed = self.amtool("config", "routes", "test", f"--config.file={file}", *labels.split())
        assert routed.strip() == expected
