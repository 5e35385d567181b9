"""Alert rules and scrape configuration in promtool's judgement; a runbook page for each alert."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from infra.components.monitoring.alertmanager import Receivers, alertmanager_config
from infra.components.monitoring.rules import rules
from infra.components.monitoring.scrape import scrape_config
from tests.plans import stage_plan

pytestmark = pytest.mark.promtool

REPOSITORY = Path(__file__).resolve().parents[3]
ALERTS = [rule["alert"] for rule in rules(stage_plan(1))["groups"][0]["rules"]]


def promtool(folder, *arguments):
    program = shutil.which("promtool")
    assert program, "promtool is missing: make programs"
    return subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(rules(stage_plan(1))))
    return tmp_path


def fires(folder, series, alert, minute, labels, others=()):
    """promtool's rule test: the alert fires at that minute with these labels, and not before its condition."""
    rows = [{"series": key, "values": values} for key, values in {**series, **dict(others)}.items()]
    expected = [{"exp_labels": {**labels, "severity": severity_of(alert)}, "exp_annotations": annotations_of(alert)}]
    test = {
        "interval": "1m",
        "input_series": rows,
        "alert_rule_test": [
            {"eval_time": "1m", "alertname": alert, "exp_alerts": []},
            {"eval_time": f"{minute}m", "alertname": alert, "exp_alerts": expected},
        ],
    }
    (folder / "test.yml").write_text(yaml.safe_dump({"rule_files": ["rules.yml"], "tests": [test]}))
    done = promtool(folder, "test", "rules", "test.yml")
    assert done.returncode == 0, done.stdout + done.stderr


def rule_of(alert):
    return next(rule for rule in rules(stage_plan(1))["groups"][0]["rules"] if rule["alert"] == alert)


def severity_of(alert):
    return rule_of(alert)["labels"]["severity"]


def annotations_of(alert):
    return rule_of(alert)["annotations"]


POD = 'namespace="app",pod="django-1",container="django"'
WORKER = 'namespace="app",pod="celery-worker-1",container="worker"'
DATABASE = 'namespace="app",pod="postgres-0",container="postgres"'
MEMORY_LOW = {"node_memory_MemAvailable_bytes": "5x180", "node_memory_MemTotal_bytes": "100x180"}
QUEUE = 'celery_queue_length{queue_name="fast"}'
WAIT = 'celery_task_queue_wait_time_bucket{{queue_name="fast",name="t",le="{}"}}'
POD_LABELS = {"namespace": "app", "pod": "django-1", "container": "django"}
CASES = {
    "NodeCpuHigh": ({'node_cpu_seconds_total{mode="idle",instance="shop"}': "0+3x40"}, 30, {"instance": "shop"}),
    "NodeMemoryHigh": (MEMORY_LOW, 10, {}),
    "SeparateCeleryServer": (MEMORY_LOW, 130, {}),
    "ContainerMemoryHigh": (
        {
            f"container_memory_working_set_bytes{{{POD}}}": "95x20",
            f"container_spec_memory_limit_bytes{{{POD}}}": "100x20",
        },
        10,
        POD_LABELS,
    ),
    "PostgresMemoryHigh": (
        {
            f"container_memory_rss{{{DATABASE}}}": "50x20",
            f"container_memory_mapped_file{{{DATABASE}}}": "45x20",
            f"container_spec_memory_limit_bytes{{{DATABASE}}}": "100x20",
        },
        10,
        {"namespace": "app", "pod": "postgres-0", "container": "postgres"},
    ),
    "ContainerOOMKilled": ({f"container_oom_events_total{{{POD}}}": "0 0 0 1x10"}, 5, POD_LABELS),
    "CeleryQueueBacklog": ({QUEUE: "60x40"}, 20, {"queue_name": "fast"}),
    "ScaleUpQueue": ({QUEUE: "150x40"}, 10, {"queue_name": "fast"}),
    "ScaleUpQueueWait": (
        {WAIT.format("30"): "0x40", WAIT.format("60"): "0+10x40", WAIT.format("+Inf"): "0+10x40"},
        20,
        {"queue_name": "fast"},
    ),
    "QueueNoConsumer": (
        {QUEUE: "1x40", 'celery_active_worker_count{queue_name="fast"}': "0x40"},
        10,
        {"queue_name": "fast"},
    ),
    # 0.4 of a core is the request: 20 seconds a minute are 83 %.
    "ScaleUpWorkerCpu": ({f"container_cpu_usage_seconds_total{{{WORKER}}}": "0+20x40"}, 30, {}),
    "ScaleDownCandidate": ({f"container_cpu_usage_seconds_total{{{WORKER}}}": "0+1x180", QUEUE: "0x180"}, 120, {}),
    "WorkerDown": ({'celery_worker_up{hostname="w"}': "0x40"}, 10, {}),
}


class TestRules:
    def test_promtool_takes_them(self, folder):
        done = promtool(folder, "check", "rules", "rules.yml")
        assert done.returncode == 0, done.stdout + done.stderr

    @pytest.mark.parametrize("alert", ALERTS)
    def test_has_a_runbook(self, alert):
        text = (REPOSITORY / annotations_of(alert)["runbook"]).read_text()
        assert text.startswith(f"# {alert}\n")
        assert "What to do." in text

    def test_no_runbook_without_an_alert(self):
        assert sorted(path.stem for path in (REPOSITORY / "docs" / "runbooks").glob("*.md")) == sorted(ALERTS)

    @pytest.mark.parametrize("alert", ALERTS)
    def test_fires(self, folder, alert):
        series, minute, labels = CASES[alert]
        fires(folder, series, alert, minute, labels)

    def test_the_request_is_the_plans(self):
        """Utilisation is relative to the worker's request: 400m at stage 1, 600m at stage 2."""
        expressions = [
            next(r["expr"] for r in rules(stage_plan(stage))["groups"][0]["rules"] if r["alert"] == "ScaleUpWorkerCpu")
            for stage in (1, 2)
        ]
        assert ["/ (0.4 *" in expressions[0], "/ (0.6 *" in expressions[1]] == [True, True]


class TestConfig:
    def test_promtool_takes_the_scrape_config(self, folder):
        """Tokens and the sidecar's rule path exist in the pod only."""
        config = scrape_config()
        config["rule_files"] = ["rules.yml"]
        for job in config["scrape_configs"]:
            # Debian builds promtool without Kubernetes discovery; relabelling and the rest are checked.
            if job.pop("kubernetes_sd_configs", None):
                job["static_configs"] = [{"targets": ["127.0.0.1:1"]}]
            job.pop("authorization", None)
            job.pop("tls_config", None)
        (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
        done = promtool(folder, "check", "config", "--syntax-only", "prometheus.yml")
        assert done.returncode == 0, done.stdout + done.stderr

    def test_mail_and_webhook(self):
        receivers = Receivers(
            webhook_url="https://hooks.example/x",
            email_to="ops@example.com",
            email_from="shop@example.com",
            smtp_host="mail.example:587",
            smtp_user="shop",
        )
        receiver = alertmanager_config(receivers, "secret")["receivers"][0]
        assert receiver["webhook_configs"][0]["url"] == "https://hooks.example/x"
        assert receiver["email_configs"][0]["auth_password"] == "secret"

    def test_nobody(self):
        """Without receivers alerts are only shown."""
        assert alertmanager_config(Receivers(), None)["receivers"] == [{"name": "team"}]
