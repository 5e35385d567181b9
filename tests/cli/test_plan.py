"""`python -m infra plan`."""

import json
from pathlib import Path

import pytest

from tests.cli.command import infra

REPOSITORY = Path(__file__).resolve().parents[2]


def plan(*arguments):
    return infra("plan", *arguments)


class TestJson:
    @pytest.fixture
    def stage1(self):
        return json.loads(plan("--json").stdout)

    def test_has_the_promised_keys(self, stage1):
        assert {"stage", "provider", "fits", "nodes", "workloads", "celery", "postgres", "redis"} <= set(stage1)
        assert stage1["nodes"][0] == {
            "role": "server",
            "count": 1,
            "instance_type": "cx23",
            "vcpu": 2,
            "memory_mib": 4096,
            "price": 5.49,
            "currency": "EUR",
            "allocatable": {"cpu_m": 1700, "memory_mib": 2638, "ephemeral_mib": 30267},
        }

    def test_names_every_part(self, stage1):
        names = " ".join(one["name"] for one in stage1["workloads"])
        parts = ["postgres", "redis", "django", "worker", "beat", "prometheus", "coredns", "metrics-server"]
        assert [part for part in parts if part not in names] == []

    def test_first_worker_is_the_default_pool(self):
        made = json.loads(plan("--json", "--stage", "5").stdout)
        worker = next(one for one in made["workloads"] if "worker" in one["name"])
        assert worker["name"] == "celery-worker"
        assert made["celery"][0]["queues"] == ["fast", "celery"]

    def test_jobs(self, stage1):
        jobs = [one["replicas"] for one in stage1["workloads"] if one["kind"] in ("Job", "CronJob")]
        assert jobs == [{"min": 0, "planned": 0, "max": 0, "surge": 1}] * 2


class TestFormats:
    def test_json_twice(self):
        assert plan("--format", "json").stdout == plan("--json").stdout

    def test_markdown(self):
        done = plan("--format", "markdown", "--stage", "2")
        assert "| server | 1 | `cx33` | 4 | 8192Mi | 8.49 EUR | 3700m, 6277Mi |" in done.stdout
        assert "| `celery-worker` | `worker` | 600m 768Mi | 1000m 1024Mi | 1/1/3 + 0 |" in done.stdout


class TestCustomers:
    def test_in_place_of_the_stage(self, tmp_path):
        """The plan says how much of the tier is used, in both forms."""
        text = (REPOSITORY / "Pulumi.stage2.yaml").read_text().replace("stage: 2", "customers: 600")
        path = tmp_path / "Pulumi.x.yaml"
        path.write_text(text)
        made = json.loads(plan("--stack-file", str(path), "--json").stdout)
        assert (made["stage"], made["customers"]) == (
            3,
            {"count": 600, "up_to": 800, "used_percent": 75, "then": "stage 4"},
        )
        assert "600 of 800 customers (75 %), then stage 4" in plan("--stack-file", str(path)).stdout

    def test_null_where_the_stage_is_named(self):
        assert json.loads(plan("--json").stdout)["customers"] is None


class TestExitCodes:
    def test_ok(self):
        done = plan("--provider", "vultr", "--stage", "3")
        assert (done.returncode, done.stderr) == (0, "")
        assert "vc2-4c-8gb" in done.stdout

    def test_wrong_input(self):
        done = plan("--provider", "hetznr")
        assert done.returncode == 2
        assert "--provider = hetznr: one of hetzner" in done.stderr

    def test_refused(self, tmp_path):
        text = (REPOSITORY / "Pulumi.stage2.yaml").read_text() + "  stagecoach:instance_type: cx23\n"
        path = tmp_path / "Pulumi.x.yaml"
        path.write_text(text)
        done = plan("--stack-file", str(path))
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "stage 2 is refused" in done.stderr


class TestRehearsal:
    def test_is_said(self, tmp_path):
        """Nobody is to leave it on."""
        path = tmp_path / "Pulumi.stage1.yaml"
        text = (REPOSITORY / "Pulumi.stage1.yaml").read_text()
        path.write_text(f"{text}  stagecoach:monitoring: {{alert_speed: 60}}\n")
        made = json.loads(plan("--json", "--stack-file", str(path)).stdout)
        [found] = [one for one in made["departures"] if one["field"] == "alert_speed"]
        assert found["plan"] == "60 times sooner"
        assert "take monitoring.alert_speed out" in found["why"]
        assert "alert_speed" not in plan("--json").stdout


class TestSupport:
    """What gets no fixes any more is said in every form."""

    @pytest.fixture
    def old(self, tmp_path):
        path = tmp_path / "Pulumi.old.yaml"
        text = (REPOSITORY / "Pulumi.stage1.yaml").read_text()
        path.write_text(f"{text}  stagecoach:k3s:\n    version: v1.33.6+k3s1\n")
        return str(path)

    def test_text(self, old):
        done = plan("--stack-file", old)
        assert done.returncode == 0
        assert "warning: Kubernetes 1.33 has had no fixes since 2026-06-28." in " ".join(done.stdout.split())

    def test_json(self, old):
        [line] = json.loads(plan("--stack-file", old, "--json").stdout)["warnings"]
        assert "docs/how-to/upgrade-k3s.md has the steps" in line

    def test_markdown(self, old):
        assert "**Warning:** Kubernetes 1.33" in plan("--stack-file", old, "--format", "markdown").stdout
