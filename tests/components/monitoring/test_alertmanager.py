"""Who gets which alerts."""

import contextlib
import json
import random
import shutil
import subprocess

import pytest
import yaml
from pydantic import ValidationError

from infra.components.monitoring.alertmanager import Alerting, Mail, Receiver, alertmanager_config
from infra.program.monitoring import alerting_of
from infra.stack_file.alerts_config import AlertsConfig
from infra.stack_file.reader.secret_values import value_problems
from infra.stack_file.values.hook_url import secret_hook_url
from infra.stack_file.values.receiver_name import receiver_problem
from tests.alerts.promtool import rules_of
from tests.waiting import patience

# What URLs and names are made of, right ones and slips.
SCHEMES = ("https://", "https://", "https://", "http://", "HTTPS://", "https:/", "ftp://", "", "https: //")
LOGINS = ("", "", "", "user@", "user:pass@", 'us"er@', "user:%zz@", "user:%20@", "a@b@", ":@")
HOSTS = ("hooks.example", "Hooks.Example", "бот.рф", "10.1.2.3", "[2001:db8::1]", "[fe80::1%eth0]", "[fe80::1%25e]")
HOSTS += (
    "a",
    "",
    "-a.example",
    "a_b.example",
    "h%41.example",
    "h.example\\",
    "a b",
    "1.2.3",
    "[::ffff:1.2.3.4]",
    "a..b",
)
PORTS = ("", "", "", ":443", ":", ":0", ":08443", ":65536", ":http")
PATHS = ("", "/", "/x", "/%zz", "/%20", "/a|b^c<>", "/{{x", "/{{ x }}", "/é", "/a b", "/'\"", "\\x", "/%", "/<secret>")
ENDS = ("", "", "?a=%zz", "?a=1&b", "#%zz", "#x", "?{{", "#\\", "\n")
NAMES = ("team", "nobody", "heartbeat", "Pager", "a b", "{{x}}", "", "p" * 32)


def drawn_url(dice):
    return "".join(dice.choice(part) for part in (SCHEMES, LOGINS, HOSTS, PORTS, PATHS, ENDS))


def drawn_alerts(dice):
    """The stack file's part, with every URL and name that it takes."""
    found = AlertsConfig(email_from="a@b.example", smtp_host="mail.example:25")
    for number in range(2000):
        name = dice.choice(NAMES) if dice.random() < 0.05 else f"r{number}"
        receivers = {**found.model_dump()["receivers"], name: {"webhook_url": drawn_url(dice)}}
        with contextlib.suppress(ValidationError):
            found = AlertsConfig.model_validate({**found.model_dump(), "receivers": receivers})
    return found


def drawn_hooks(dice):
    """The secret's part."""
    found = {"h": "https://heartbeat.example/x"}
    for number in range(2000):
        name, url = dice.choice(NAMES) if dice.random() < 0.1 else f"s{number}", drawn_url(dice)
        if not list(value_problems({"stagecoach:alerts_webhooks": json.dumps({name: url})}, "stagecoach")) and (
            receiver_problem(name) is None
        ):
            found[name] = secret_hook_url(url)
    return found


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

    def test_a_secret_heartbeat(self):
        config = alertmanager_config(Alerting(), heartbeat_url="https://heartbeat.example/secret")
        assert receivers(config)["heartbeat"]["webhook_configs"][0]["url"] == "https://heartbeat.example/secret"
        assert config["route"]["routes"][0]["receiver"] == "heartbeat"


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

    @pytest.mark.parametrize("seed", range(3))
    def test_takes_whatever_the_stack_file_may_say(self, tmp_path, seed):
        """Some thousand URLs and names of pieces that people write, all that we accept in one config."""
        dice = random.Random(seed)  # noqa: S311  the same in every run
        alerts, hooks = drawn_alerts(dice), drawn_hooks(dice)
        assert len(alerts.receivers) > 20
        assert len(hooks) > 20
        config = alertmanager_config(alerting_of(alerts), smtp_password="x", webhooks=hooks, heartbeat_url=hooks["h"])
        (tmp_path / "drawn.yml").write_text(yaml.safe_dump(config, sort_keys=False, allow_unicode=True))
        assert "SUCCESS" in self.amtool("check-config", str(tmp_path / "drawn.yml"))

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
