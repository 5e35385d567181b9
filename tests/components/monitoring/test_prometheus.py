"""Prometheus with Alertmanager beside it."""

import json

import yaml

from tests.graphs import container, pods, run
from tests.mocks import graph
from tests.programs import CONFIG, program

NAME = "prometheus-stateful-set"
ALERTS = {
    "email_to": "ops@example.com",
    "email_from": "shop@example.com",
    "smtp_host": "mail.example:587",
    "heartbeat_url": "https://heartbeat.example/z",
    "receivers": {"pager": {"webhook_url": "https://pager.example/hidden", "severities": ["critical"]}},
}


def rules(made):
    return yaml.safe_load(made.inputs("prometheus-config")["data"]["rules.yml"])


def volume(made, name):
    (one,) = [one for one in pods(made)[NAME]["volumes"] if one["name"] == name]
    return one


class TestFiles:
    def test_are_autonamed(self):
        """A change makes a new object, the template follows, the pod rolls (ADR 0005)."""
        made = run(1)
        assert volume(made, "config")["configMap"]["name"] == "prometheus-config-autonamed"
        assert volume(made, "alerts")["secret"]["secretName"] == "prometheus-alertmanager-autonamed"
        for name in ("prometheus-config", "prometheus-alertmanager"):
            assert "name" not in made.inputs(name)["metadata"]

    def test_a_change_touches_the_template_only(self):
        """Other rules and receivers update the StatefulSet in place: what replaces it stays the same."""
        before, after = run(2).inputs(NAME)["spec"], run(3, alerts=ALERTS).inputs(NAME)["spec"]
        for key in ("volumeClaimTemplates", "serviceName", "selector"):
            assert before[key] == after[key]
        assert rules(run(2)) != rules(run(4))

    def test_the_plans_literals(self):
        """Each stage's own."""
        assert "/ (0.4 *" in str(rules(run(1)))
        assert "/ (0.6 *" in str(rules(run(2)))

    def test_receivers_lie_in_a_secret_only(self):
        """URLs of webhooks are as good as passwords."""
        made = run(1, alerts=ALERTS)
        holders = {name for name, one in made.kubernetes().items() if "pager.example" in json.dumps(one)}
        assert holders == {"prometheus-alertmanager"}
        assert "hidden" not in json.dumps(made.stack_outputs)

    def test_nothing_of_it_is_shown(self):
        """The engine marks the whole file, with and without a password in it."""
        request = run(1, alerts=ALERTS).requests["prometheus-alertmanager"]
        assert "4dabf18193072939515e22adb298388d" in str(request.object)  # the mark of a secret


class TestSecrets:
    def test_password_and_urls_reach_alertmanager(self):
        plain = {key: one for key, one in ALERTS.items() if key != "heartbeat_url"}
        config = {
            **CONFIG,
            "stagecoach:stage": 1,
            "stagecoach:alerts": {**plain, "smtp_user": "shop", "receivers": {"pager": {"severities": ["critical"]}}},
            "stagecoach:alerts_smtp_password": "pass-word",
            "stagecoach:alerts_webhooks": {"pager": "https://pager.example/hidden"},
            "stagecoach:alerts_heartbeat_url": "https://heartbeat.example/hidden",
        }
        made = graph(program, config=config)
        text = made.inputs("prometheus-alertmanager")["stringData"]["alertmanager.yml"]
        written = yaml.safe_load(text)
        assert written["global"]["smtp_auth_password"] == "pass-word"
        urls = {one["name"]: one.get("webhook_configs", [{}])[0].get("url") for one in written["receivers"]}
        assert urls["pager"] == "https://pager.example/hidden"
        assert urls["heartbeat"] == "https://heartbeat.example/hidden"
        holders = {name for name, one in made.kubernetes().items() if "pass-word" in json.dumps(one)}
        assert holders == {"prometheus-alertmanager"}


class TestPod:
    def test_keeps_what_its_memory_was_planned_for(self):
        arguments = container(run(1), NAME)["args"]
        assert "--storage.tsdb.retention.time=15d" in arguments
        assert "--storage.tsdb.retention.size=6553MB" in arguments  # 80 % of 8 GiB

    def test_may_read_nodes_and_pods_and_nothing_else(self):
        rules = run(1).inputs("prometheus-role")["rules"]
        assert rules == [
            {"apiGroups": [""], "resources": ["nodes", "pods"], "verbs": ["get", "list", "watch"]},
            {"apiGroups": [""], "resources": ["nodes/metrics"], "verbs": ["get"]},
        ]

    def test_a_service_for_grafana_and_people(self):
        ports = {one["name"]: one["port"] for one in run(1).inputs("prometheus-service")["spec"]["ports"]}
        assert ports == {"web": 9090, "alerts": 9093}
        assert run(1).inputs(NAME)["spec"]["serviceName"] == run(1).inputs("prometheus-service")["metadata"]["name"]
