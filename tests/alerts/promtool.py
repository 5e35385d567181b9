"""Debian's promtool, and a case that shows when an alert fires and when it does not."""

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from infra.alerts.rules import rules
from tests.plans import stage_plan
from tests.waiting import patience

REPOSITORY = Path(__file__).resolve().parents[2]
DOMAINS = ("shop.example", "www.shop.example")
KUBECONFIG_END = 100 * 86_400  # promtool's clock starts at the epoch


def promtool(folder, *arguments):
    program = shutil.which("promtool")
    assert program, "promtool is missing: make programs"
    return subprocess.run(
        [program, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=patience(120)
    )


def rules_of(stage):
    """Every rule of a stage."""
    made = rules(stage_plan(stage), kubeconfig_end=KUBECONFIG_END, domains=DOMAINS)
    return [rule for group in made["groups"] for rule in group["rules"]]


def alerts_of(stage):
    return {rule["alert"] for rule in rules_of(stage)}


@dataclass(frozen=True, kw_only=True)
class Case:
    """`hot` makes the condition true; `cool` is the same just below it.  Times are minutes, values one a minute."""

    alert: str
    hot: dict
    cool: dict | None  # None: nothing but time makes it true
    at: int  # the first minute at which it fires
    labels: dict = field(default_factory=dict)  # of the alert, without severity and component
    stage: int = 5
    value: tuple[str, str] = ("", "")  # a template of the message's, and what Prometheus makes of it
    interval: int = 1  # minutes between values and evaluations


def holds(case, folder):
    """Fires in the minute that the case names, not one evaluation earlier, and never without its condition."""
    rule = _rule(case.stage, case.alert, case.labels)
    labels = {**rule["labels"], **case.labels}
    expected = {"exp_labels": labels, "exp_annotations": _filled(rule["annotations"], labels, case.value)}
    tests = [_test(case.alert, case.interval, case.hot, {case.at - case.interval: [], case.at: [expected]})]
    if case.cool is not None:
        tests.append(_test(case.alert, case.interval, case.cool, {case.at: []}))
    _judge(folder, rule, case.interval, tests)


def is_silent(alert, labels, series, minutes, folder):
    """Fires in none of these minutes."""
    _judge(folder, _rule(5, alert, labels), 1, [_test(alert, 1, series, {minute: [] for minute in minutes})])


def _rule(stage, alert, labels):
    """The one rule of that name whose own labels are not others than these."""
    mine = [rule for rule in rules_of(stage) if rule["alert"] == alert]
    (rule,) = [one for one in mine if one["labels"].items() <= {**one["labels"], **labels}.items()]
    return rule


def _judge(folder, rule, interval, tests):
    (folder / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "one", "rules": [rule]}]}))
    content = {"rule_files": ["rules.yml"], "evaluation_interval": f"{interval}m", "tests": tests}
    (folder / "test.yml").write_text(yaml.safe_dump(content))
    done = promtool(folder, "test", "rules", "test.yml")
    assert done.returncode == 0, done.stdout + done.stderr


def _test(alert, interval, series, moments):
    return {
        "interval": f"{interval}m",
        "input_series": [{"series": key, "values": values} for key, values in series.items()],
        "alert_rule_test": [
            {"eval_time": f"{minute}m", "alertname": alert, "exp_alerts": alerts} for minute, alerts in moments.items()
        ],
    }


def _filled(annotations, labels, value):
    """What Prometheus' templates make of the labels and the value."""
    return {
        key: re.sub(r"\{\{ \$labels\.(\w+) \}\}", lambda found: labels.get(found[1], ""), text).replace(*value)
        for key, text in annotations.items()
    }
