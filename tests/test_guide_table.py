"""The guide's table as data, against its own sums and the stage's recorded row."""

from stacks import STAGES
from tests.guide_table import GUIDE, TABLE, Row, mebibytes, patch, refused, resources

ROWS = {row.component: row for row in TABLE}


class TestTable:
    def test_adds_up_to_the_guides_total(self):
        """2.3 CPU; 3.8 GB with the 500 MB of the operating system, which is no pod."""
        assert sum(row.cpu for row in TABLE) == 2300
        assert sum(row.memory for row in TABLE) + mebibytes(GUIDE["server.system_reserved.memory"]) == 3816

    def test_the_worker_is_the_stages(self):
        """The one line that the plan takes over unchanged."""
        [pool] = STAGES[1].pools
        worker = resources(ROWS["Celery Worker (1)"])
        assert worker == {
            "requests": {"cpu": str(pool.cpu_request), "memory": str(pool.memory_request)},
            "limits": {"cpu": str(pool.cpu_limit), "memory": str(pool.memory_limit)},
        }

    def test_a_rows_amounts_are_for_all_of_its_pods(self):
        assert resources(ROWS["Django (2 pods)"]) == {"requests": {"cpu": "400m", "memory": "768Mi"}}


class TestPatch:
    def test_other_containers_ask_for_nothing(self):
        """Their limits would be the plan's, too."""
        template = {"spec": {"containers": [{"name": "redis"}, {"name": "exporter"}]}}
        made = patch(template, {"redis": resources(ROWS["Redis"])})["spec"]["template"]["spec"]
        assert made["containers"] == [
            {"name": "redis", "resources": {"$patch": "replace", "requests": {"cpu": "200m", "memory": "256Mi"}}},
            {"name": "exporter", "resources": {"$patch": "replace"}},
        ]
        assert made["priorityClassName"] is None


class TestRefused:
    def test_only_what_the_scheduler_has_looked_at(self):
        def pod(name, **condition):
            labels = {"app.kubernetes.io/name": name}
            return {"metadata": {"name": f"{name}-x", "labels": labels}, "status": {"conditions": [condition]}}

        message = "0/1 nodes are available: 1 Insufficient cpu. preemption: no victims found"
        full = pod("celery-worker", type="PodScheduled", status="False", reason="Unschedulable", message=message)
        runs = pod("django", type="PodScheduled", status="True")
        new = {"metadata": {"name": "new"}, "status": {}}
        assert refused([full, runs, new]) == {"celery-worker": "0/1 nodes are available: 1 Insufficient cpu"}


def test_rows_are_values():
    assert all(isinstance(row, Row) and row.pods >= 1 for row in TABLE)
