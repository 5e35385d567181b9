"""The lines of the comparison with the guide's table."""

from tests.bench_guide import Side, decided, report
from tests.guide_table import TABLE

PLAN = Side(tasks=10.8, p95=0.040, errors=0, memory_left=2600.0)
GUIDE = Side(tasks=5.4, p95=0.080, errors=2, memory_left=2500.0)
WAITING = {"celery-worker": "0/1 nodes are available: 1 Insufficient cpu."}


class TestReport:
    def test_names_both_sides_and_the_ratio(self):
        lines = list(report(PLAN, GUIDE, WAITING, 1))
        assert [line.split()[-3:] for line in lines[:5]] == [
            ["plan", "guide", "ratio"],
            ["10.8", "5.4", "2.00"],
            ["40", "80", "0.50"],
            ["0", "2", "0.00"],
            ["2600", "2500", "1.04"],
        ]
        assert "celery-worker (0/1 nodes are available: 1 Insufficient cpu.)" in lines[5]
        assert lines[6].endswith("measured with 1 of its 2 web pods, or its worker would not run")

    def test_nothing_waits(self):
        """And a ratio to nothing is none."""
        lines = list(report(PLAN, PLAN, {}, 2))
        assert lines[3].split()[-1] == "-"
        assert lines[5].endswith("find no room: none")
        assert lines[6].endswith("2 of its 2 web pods")


class TestDecided:
    """A row is decided when the scheduler has looked at all of its pods."""

    def test_waits_for_every_pod(self):
        [django] = [row for row in TABLE if row.workload == "django"]
        labels = {"app.kubernetes.io/name": "django"}
        looked = {"metadata": {"labels": labels}, "status": {"conditions": [{"type": "PodScheduled"}]}}
        new = {"metadata": {"labels": labels}, "status": {}}

        class Shop:
            def __init__(self, *pods):
                self.pods = lambda: pods

        assert not decided(Shop(looked), django)
        assert not decided(Shop(looked, new), django)
        assert decided(Shop(looked, looked), django)
