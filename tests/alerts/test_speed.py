"""Durations divided for a rehearsal: nothing is left out, nothing else is touched."""

import re
from dataclasses import replace

import pytest
import yaml

from infra.alerts.rules import rules
from infra.alerts.scrape import scrape_config
from infra.alerts.speed import faster, faster_expression, faster_seconds
from infra.components.monitoring.alertmanager import Alerting, Receiver, alertmanager_config
from tests.alerts.promtool import KUBECONFIG_END, promtool
from tests.graphs import run
from tests.plans import stage_plan

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def rules_at(speed):
    """rules.yml of stage 5, which has all of them."""
    plan = stage_plan(5)
    fast = replace(plan, monitoring=replace(plan.monitoring, alert_speed=speed))
    return rules(fast, kubeconfig_end=KUBECONFIG_END)


def made(speed):
    """(name, expression, seconds of `for`) of every rule, in order."""
    groups = rules_at(speed)["groups"]
    return [(one["alert"], one["expr"], seconds(one["for"])) for group in groups for one in group["rules"]]


def seconds(text):
    return int(text[:-1]) * UNITS[text[-1]]


def windows(expression):
    return [seconds(one) for one in re.findall(r"(?:\[|offset )(\d+[smhd])", expression)]


class TestDurations:
    @pytest.mark.parametrize(
        ("duration", "speed", "expected"),
        [("10m", 60, "10s"), ("15m", 7, "128s"), ("30s", 60, "1s"), ("0m", 60, "0m"), ("4h", 1, "4h")],
    )
    def test_are_divided(self, duration, speed, expected):
        assert faster(duration, speed) == expected

    def test_that_are_none_are_refused(self):
        with pytest.raises(ValueError, match="1h30m is no duration"):
            faster("1h30m", 2)

    def test_of_expressions_keep_enough_measurements(self):
        """cAdvisor's come every 10 to 15 s."""
        assert faster_expression("rate(x[5m]) > 80", 60) == "rate(x[30s]) > 80"
        assert faster_expression("x[6h] offset 1d", 60) == "x[360s] offset 1440s"
        assert faster_expression("max_over_time((x)[1h:1m])", 30) == "max_over_time((x)[120s:5s])"

    def test_that_are_amounts(self):
        assert [faster_seconds(600, speed) for speed in (1, 60, 1000)] == [600, 10, 1]
        assert [faster_seconds(300, speed, least=30) for speed in (1, 5, 60)] == [300, 60, 30]


class TestRules:
    @pytest.mark.parametrize("speed", [2, 60])
    def test_every_duration_is_divided(self, speed):
        """Waiting exactly; ranges down to thirty seconds."""
        for (name, before, waits), (same, after, waits_now) in zip(made(1), made(speed), strict=True):
            assert name == same
            assert waits_now == waits // speed, name
            assert windows(after) == [max(one // speed, 30) for one in windows(before)], name

    def test_thresholds_in_amounts_stay(self):
        """What is measured is real; only how long it lasts is scaled."""
        plain, fast = ({name: text for name, text, _ in made(speed)} for speed in (1, 60))
        assert fast["CeleryQueueBacklog"] == plain["CeleryQueueBacklog"]
        assert fast["NodeMemoryHigh"] == plain["NodeMemoryHigh"]
        assert fast["BackupTooOld"] == plain["BackupTooOld"], "the nightly job comes once in a real day"

    def test_thresholds_in_time_are_divided(self):
        fast = {name: text for name, text, _ in made(60)}
        assert fast["PostgresIdleTransaction"].endswith("> 10")
        assert fast["QueueStuck"].endswith("> 20")
        assert "> 30 and" in fast["QueueExporterStale"], "fifteen heartbeats: five seconds are between two reads"
        assert ", 5760) < 0" in fast["DiskFilling"]

    def test_messages_say_so(self):
        [group, *_] = rules_at(60)["groups"]
        assert all(one["annotations"]["summary"].startswith("Rehearsal, 60 times") for one in group["rules"])

    @pytest.mark.promtool
    @pytest.mark.parametrize("speed", [7, 60])
    def test_prometheus_takes_them(self, tmp_path, speed):
        (tmp_path / "rules.yml").write_text(yaml.safe_dump(rules_at(speed)))
        done = promtool(tmp_path, "check", "rules", "rules.yml")
        assert done.returncode == 0, done.stdout + done.stderr


class TestScraping:
    @pytest.mark.parametrize(("speed", "interval", "timeout"), [(1, "30s", "10s"), (3, "10s", "5s"), (60, "5s", "5s")])
    def test_is_not_faster_than_a_busy_server_answers(self, speed, interval, timeout):
        config = scrape_config(speed)
        assert set(config["global"].values()) == {interval}
        assert [job["scrape_timeout"] for job in config["scrape_configs"] if "scrape_timeout" in job] == [timeout]


class TestNotifications:
    def test_are_divided(self):
        config = alertmanager_config(Alerting(receivers=(Receiver(name="team", email_to="a@example.com"),)), speed=60)
        route = config["route"]
        assert (route["group_wait"], route["group_interval"]) == ("1s", "5s")
        watchdog, *others = route["routes"]
        assert (watchdog["group_interval"], watchdog["repeat_interval"]) == ("1s", "5s")
        assert [one["repeat_interval"] for one in others] == ["60s", "720s", "5760s"]


class TestProgram:
    def test_a_rehearsal_touches_monitoring_only(self):
        """The objects of a stack that does not rehearse are what they were."""
        plain, one, fast = run(1), run(1, monitoring={"alert_speed": 1}), run(1, monitoring={"alert_speed": 60})
        assert plain.kubernetes() == one.kubernetes()
        changed = {name for name, inputs in fast.kubernetes().items() if inputs != plain.kubernetes()[name]}
        assert changed == {"prometheus-config", "prometheus-alertmanager"}
