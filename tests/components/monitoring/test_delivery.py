"""From a metric to a mail: the rendered files under real programs, with seconds in place of minutes."""

import json
import re
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace

import pytest
import yaml

from infra.alerts.rules import rules
from infra.alerts.scrape import scrape_config
from infra.components.monitoring.alertmanager import Alerting, Mail, Receiver, alertmanager_config
from tests.plans import stage_plan
from tests.servers.monitoring_servers import Hooks, Mailbox, alertmanager, get, page, prometheus
from tests.waiting import wait

pytestmark = pytest.mark.monitoring

META = "__meta_kubernetes_pod_"
FULL = ("RedisBrokerMemoryHigh", "warning")
REFUSED = ("RedisBrokerRefusesWrites", "critical")


def faster(text):
    """Minutes become seconds."""
    return re.sub(r"(?<=: )(\d+)[mh]$", r"\1s", text, flags=re.MULTILINE)


def prometheus_file(folder, exporter, alerts):
    """The rendered file; discovery by the API server is replaced by what it would have found."""
    config = scrape_config()
    config["global"] = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    config["rule_files"] = [str(folder / "rules.yml")]
    config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] = [f"127.0.0.1:{alerts}"]
    (pods,) = [job for job in config["scrape_configs"] if job["job_name"] == "pods"]
    del pods["kubernetes_sd_configs"], pods["scrape_timeout"]
    found = {
        f"{META}annotation_prometheus_io_scrape": "true",
        f"{META}annotation_prometheus_io_port": str(exporter),
        f"{META}phase": "Running",
        f"{META}ip": "127.0.0.1",
        f"{META}name": "redis-broker-0",
        f"{META}label_app_kubernetes_io_name": "redis-broker",
        "__meta_kubernetes_namespace": "app",
    }
    pods["static_configs"] = [{"targets": ["127.0.0.1:1"], "labels": found}]
    config["scrape_configs"] = [pods]
    return yaml.safe_dump(config)


@contextmanager
def everything(folder):
    """A broker that can be made to fill and to refuse, and three who listen."""
    world = SimpleNamespace(used=10, refused=0, hooks=Hooks(), box=Mailbox(), folder=folder)

    def metrics():
        lines = ["redis_up 1", f"redis_memory_used_bytes {world.used}", "redis_memory_max_bytes 100"]
        if world.refused:
            lines.append(f'redis_errors_total{{err="OOM"}} {world.refused}')
        return "\n".join(lines) + "\n"

    with ExitStack() as stack:
        hooks, box = stack.enter_context(world.hooks.served()), stack.enter_context(world.box.served())
        alerting = Alerting(
            receivers=(
                Receiver(name="team", email_to="ops@example.com"),
                Receiver(name="pager", webhook_url=f"http://127.0.0.1:{hooks}/pager", severities=("critical",)),
            ),
            mail=Mail(sender="shop@example.com", host=f"127.0.0.1:{box}", user="shop", require_tls=False),
            heartbeat_url=f"http://127.0.0.1:{hooks}/heartbeat",
        )
        text = yaml.safe_dump(alertmanager_config(alerting, smtp_password="pass-word"))
        world.alerts = stack.enter_context(alertmanager(folder, faster(text).replace("30s", "1s")))
        exporter = stack.enter_context(page(metrics))
        (folder / "rules.yml").write_text(faster(yaml.safe_dump(rules(stage_plan(1)))))
        stack.enter_context(prometheus(folder, prometheus_file(folder, exporter, world.alerts)))
        yield world


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with everything(tmp_path_factory.mktemp("delivery")) as made:
        yield made


def state_of(world, name):
    """(state, silenced by how many others) of an active alert of the broker; None if there is none."""
    alerts = json.loads(get(world.alerts, "/api/v2/alerts"))
    mine = [one["status"] for one in alerts if one["labels"]["alertname"] == name]
    return (mine[0]["state"], len(mine[0]["inhibitedBy"])) if mine else None


def mails(world, name):
    return [mail for mail in world.box.mails if name in mail["Subject"]]


class TestDelivery:
    """In this order: the broker fills, then refuses, then recovers."""

    def test_the_heartbeat_beats(self, world):
        wait(lambda: ("Watchdog", "firing") in world.hooks.alerts("/heartbeat"), "heartbeat")
        assert {name for name, _ in world.hooks.alerts("/heartbeat")} == {"Watchdog"}

    def test_a_healthy_broker_is_no_news(self, world):
        wait(lambda: state_of(world, "Watchdog"), "the first evaluation")
        assert state_of(world, FULL[0]) is None

    def test_a_warning_is_mailed_to_the_team(self, world):
        world.used = 90
        (mail, *_) = wait(lambda: mails(world, FULL[0]), "mail")
        assert ["shop", "pass-word"] in world.box.logins
        assert (mail["To"], mail["From"]) == ("ops@example.com", "shop@example.com")
        assert "docs/runbooks/RedisBrokerMemoryHigh.md" in mail.get_body().get_content()

    def test_a_warning_wakes_nobody(self, world):
        assert FULL[0] not in {name for name, _ in world.hooks.alerts("/pager")}

    def test_a_refusal_wakes_somebody(self, world):
        """The counter's first sample is news."""
        world.refused = 1
        wait(lambda: (REFUSED[0], "firing") in world.hooks.alerts("/pager"), "webhook")
        wait(lambda: mails(world, REFUSED[0]), "mail")

    def test_the_lesser_alert_of_the_same_thing_is_silenced(self, world):
        assert wait(lambda: state_of(world, FULL[0]) == ("suppressed", 1), "inhibition")
        assert state_of(world, REFUSED[0]) == ("active", 0)

    def test_the_end_is_told(self, world):
        """Ten minutes without another refusal end the alert: here the series goes."""
        world.refused, world.used = 0, 10
        wait(lambda: (REFUSED[0], "resolved") in world.hooks.alerts("/pager"), "resolved", seconds=120)
