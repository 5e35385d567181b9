"""The exporter of queue lengths and ages."""

import json

from infra.components.queue_exporter import exporter_variables
from tests.graphs import container, environment, pods, run, waits_for
from tests.plans import stage_plan

NAME = "queue-exporter-deployment"


class TestQueueExporter:
    def test_one_at_a_time(self):
        """It counts events: two would count them twice."""
        spec = run(1).inputs(NAME)["spec"]
        assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})

    def test_knows_every_queue_and_its_pool(self):
        """Also of pools whose workers are all gone: that is when it matters."""
        pools = json.loads(exporter_variables(stage_plan(5).workers)["EXPORTER_POOLS"])
        assert pools == {
            "fast": {"queues": ["fast", "celery"], "concurrency": 8},
            "slow": {"queues": ["slow", "backups"], "concurrency": 2},
        }

    def test_its_last_bucket_is_the_longest_task(self):
        assert exporter_variables(stage_plan(1).workers)["EXPORTER_TIME_LIMIT"] == "600"

    def test_prometheus_finds_it(self):
        made = run(1)
        annotations = made.inputs(NAME)["spec"]["template"]["metadata"]["annotations"]
        port = container(made, NAME)["ports"][0]["containerPort"]
        assert annotations == {
            "prometheus.io/scrape": "true",
            "prometheus.io/port": str(port),
            "prometheus.io/path": "/metrics",
        }
        assert environment(container(made, NAME))["EXPORTER_PORT"] == str(port) == "9808"

    def test_answers_under_healthz(self):
        made = container(run(1), NAME)
        assert made["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": "metrics"}

    def test_sees_the_dumps(self):
        """Read-only as a whole: the backup job's folder stays the backup job's."""
        made = run(1)
        (backups,) = [one for one in pods(made)[NAME]["volumes"] if one["name"] == "backups"]
        claim = made.inputs("postgres-backup-claim")["metadata"]["name"]
        assert backups["persistentVolumeClaim"] == {"claimName": claim, "readOnly": True}
        mounts = {one["name"]: one for one in container(made, NAME)["volumeMounts"]}
        assert mounts["backups"]["readOnly"]
        assert environment(container(made, NAME))["EXPORTER_BACKUPS"] == mounts["backups"]["mountPath"]

    def test_starts_after_the_migration(self):
        assert "migrate-job" in waits_for(run(1), NAME)
