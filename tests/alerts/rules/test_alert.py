"""What every rule has; rules in promtool's judgement; a runbook page for each alert."""

import pytest
import yaml

from infra.alerts.rules import rules
from infra.alerts.rules.alert import Alert
from tests.alerts.promtool import REPOSITORY, alerts_of, promtool, rules_of
from tests.plans import stage_plan

STAGES = (1, 2, 3, 4, 5)
ALERTS = sorted(set().union(*(alerts_of(stage) for stage in STAGES)))
RUNBOOKS = REPOSITORY / "docs" / "runbooks"
PARTS = ("**What it means.** ", "**How to look.**", "**What to do.** ", "**When to advance the stage.** ")


def test_an_alert_becomes_a_rule():
    alert = Alert(name="X", expression="up == 0", minutes=5, component="target", summary="down", labels={"a": "b"})
    assert alert.rule() == {
        "alert": "X",
        "expr": "up == 0",
        "for": "5m",
        "labels": {"severity": "warning", "component": "target", "a": "b"},
        "annotations": {"summary": "down", "runbook": "docs/runbooks/X.md"},
    }


@pytest.mark.promtool
@pytest.mark.parametrize("stage", STAGES)
def test_promtool_takes_them(stage, tmp_path):
    """Duplicates are errors, too."""
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(rules(stage_plan(stage), kubeconfig_end=1)))
    done = promtool(tmp_path, "check", "rules", "rules.yml")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("stage", STAGES)
def test_the_tier_guides_and_what_it_leaves_out(stage):
    """One rule of each for every stage; those for some stages only are in test_growth.py."""
    expected = {
        "NodeCpuHigh",
        "WorkerCpuHigh",
        "NodeMemoryHigh",
        "ContainerMemoryHigh",
        "PostgresMemoryHigh",
        "CeleryQueueBacklog",
        "ScaleUpQueue",
        "ScaleUpWorkerCpu",
        "ScaleUpQueueWait",
        "ScaleUpTaskSlow",
        "WorkerDown",
        "QueueNoConsumer",
        "ContainerOOMKilled",
    }
    assert expected <= alerts_of(stage)


class TestRunbooks:
    @pytest.mark.parametrize("alert", ALERTS)
    def test_each_alert_has_a_page(self, alert):
        """What it means, how to look, what to do, when to advance the stage, in this order."""
        text = (RUNBOOKS / f"{alert}.md").read_text()
        assert text.startswith(f"# {alert}\n")
        places = [text.find(part) for part in PARTS]
        assert places == sorted(places)
        assert -1 not in places

    def test_each_page_has_an_alert(self):
        assert sorted(path.stem for path in RUNBOOKS.glob("*.md")) == ALERTS

    def test_rules_name_their_page(self):
        pages = {rule["annotations"]["runbook"] for rule in rules_of(5)}
        assert [page for page in pages if not (REPOSITORY / page).exists()] == []


class TestSameThing:
    def test_a_critical_alert_has_a_component_of_its_own(self):
        """It silences lesser alerts of its component: what does not explain them must not share it."""
        silenced = {
            component: sorted({rule["alert"] for rule in found if rule["labels"]["severity"] != "critical"})
            for component, found in by_component().items()
            if any(rule["labels"]["severity"] == "critical" for rule in found)
        }
        assert {key: names for key, names in silenced.items() if names} == {
            "disk": ["DiskFilling"],
            "node-memory": ["NodeOomKill", "SeparateCeleryServer"],
            "postgres": ["PostgresConnectionsHigh", "PostgresIdleTransaction"],
            "queue": ["CeleryQueueBacklog", "QueueStuck", "ScaleUpQueue", "ScaleUpQueueWait"],
            "redis-broker": ["RedisBrokerMemoryHigh"],
            "redis-cache": ["RedisCacheEvicting"],
            "web": ["ShopSlow"],
            "workload": ["PodsMissing"],
        }


def by_component():
    found = {}
    for rule in (one for stage in STAGES for one in rules_of(stage)):
        found.setdefault(rule["labels"]["component"], []).append(rule)
    return found
