"""`python -m infra plan --explain` and `--contracts`."""

import json
from pathlib import Path

import pytest

from tests.cli.test_plan import plan

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def wider(tmp_path):
    """Stage 2 with another limit of the worker's memory."""
    text = (REPOSITORY / "Pulumi.stage2.yaml").read_text()
    path = tmp_path / "Pulumi.x.yaml"
    path.write_text(text + "  stagecoach:overrides: {pools: {default: {memory_limit: 1280Mi}}}\n")
    return str(path)


def row(text, amount):
    """The first line of an amount, by columns."""
    (line,) = [line for line in text.splitlines() if line.startswith(f"│ {amount} ")]
    return [cell.strip() for cell in line.strip("│ ").split("│")]


class TestText:
    def test_a_workload(self):
        """Value, formula, the guide's number; other workloads are not shown."""
        done = plan("--explain", "celery-worker")
        assert (done.returncode, done.stderr) == (0, "")
        amount, value, how, _, guide = row(done.stdout, "worker.requests.memory")
        assert (amount, value, guide) == ("worker.requests.memory", "512Mi", "512Mi")
        assert how.startswith("memory request, as")
        assert row(done.stdout, "max_memory_per_child")[1:3] == ["287Mi", "90 % of (memory limit - parent"]
        assert "postgres" not in done.stdout

    def test_all(self):
        done = plan("--explain")
        for title in ("server", "volume", "postgres", "redis-broker", "django-migrate", "node-exporter", "namespace"):
            assert f"\n{title} " in f"\n{done.stdout}"

    def test_an_overrides_effect(self, wider):
        done = plan("--explain", "celery-worker", "--stack-file", wider)
        assert row(done.stdout, "worker.limits.memory")[-2:] == ["1Gi", "1024Mi"]
        assert row(done.stdout, "max_memory_per_child")[-1] == "201Mi"
        assert row(done.stdout, "concurrency")[-1] == "-"

    def test_an_unknown_workload(self):
        done = plan("--explain", "celery")
        assert (done.returncode, done.stdout) == (2, "")
        assert "--explain = celery: one of server, volume, " in done.stderr

    def test_a_workload_without_the_option(self):
        """A stray word is no silent plan of everything."""
        done = plan("celery-worker")
        assert done.returncode == 2
        assert "celery-worker" in done.stderr


class TestJson:
    def test_beside_the_plan(self, wider):
        made = json.loads(plan("--explain", "--json", "--stack-file", wider).stdout)
        assert made["fits"] is True
        (found,) = [
            one
            for one in made["explanations"]
            if (one["workload"], one["field"]) == ("celery-worker", "worker.limits.memory")
        ]
        assert found == {
            "workload": "celery-worker",
            "field": "worker.limits.memory",
            "value": "1280Mi",
            "rule": "memory limit",
            "inputs": [
                {
                    "name": "memory limit",
                    "value": "1280Mi",
                    "source": "stagecoach:overrides.pools.default.memory_limit, before: 1024Mi",
                }
            ],
            "source": "the tier guide's worker; measured: 158 MiB and 87 for each process of a typical app",
            "guide": "1Gi",
            "without_overrides": "1024Mi",
        }

    def test_the_proof(self):
        made = json.loads(plan("--json").stdout)
        tightest = made["proof"]["tightest"]
        assert (tightest["node"], tightest["pod"], tightest["binds"]) == ("server-1", "django", "memory")
        assert made["proof"]["left"]["server-1"] == tightest["left"] == {"cpu_m": 205, "memory_mib": 50}
        assert (made["remedies"], "explanations" in made) == ([], False)


class TestMarkdown:
    def test_a_workload(self):
        done = plan("--explain", "celery-worker", "--format", "markdown")
        assert done.stdout.startswith("### celery-worker\n\n| amount | value | how | why | guide |\n| --- ")
        assert "| `worker.requests.memory` | 512Mi | memory request, as stacks/stage1.py says | " in done.stdout

    def test_an_overrides_effect(self, wider):
        done = plan("--explain", "celery-worker", "--stack-file", wider, "--format", "markdown")
        (line,) = [one for one in done.stdout.splitlines() if one.startswith("| `max_memory_per_child` ")]
        assert line.endswith("| 201Mi |")

    def test_with_the_contracts(self):
        done = plan("--explain", "celery-worker", "--contracts", "--format", "markdown")
        assert "\n\n### Contracts\n\n| contract | kept | reason | change |\n" in done.stdout
        assert "| `stagecoach:overrides.pools.default.grace_period` |\n" in done.stdout


class TestContracts:
    def test_alone_with_their_fields(self):
        done = plan("--contracts", "--stage", "5")
        assert "stagecoach:overrides.pools.slow.grace_period" in done.stdout
        assert "allocatable" not in done.stdout

    def test_a_broken_one_is_refused(self, tmp_path):
        path = tmp_path / "Pulumi.x.yaml"
        text = (REPOSITORY / "Pulumi.stage2.yaml").read_text()
        path.write_text(text + "  stagecoach:overrides: {redis_broker: {maxmemory_policy: allkeys-lru}}\n")
        done = plan("--contracts", "--stack-file", str(path))
        assert done.returncode == 1
        assert "Set stagecoach:overrides.redis_broker.maxmemory_policy" in done.stderr
        whole = plan("--stack-file", str(path))
        assert whole.returncode == 1
        assert "The pods fit, but a contract is broken." in whole.stdout
        assert "It fits." not in whole.stdout


class TestRefused:
    def test_says_what_helps(self, tmp_path):
        path = tmp_path / "Pulumi.x.yaml"
        path.write_text((REPOSITORY / "Pulumi.stage2.yaml").read_text() + "  stagecoach:instance_type: cx23\n")
        done = plan("--stack-file", str(path))
        assert done.returncode == 1
        assert "finds no node" in done.stdout
        assert "what would help: instance_type: cx33: fits cx33, 12.42 EUR a month instead of 9.42" in done.stdout
        assert "What helps, each planned: celery_servers: {count: 1}" in done.stderr
