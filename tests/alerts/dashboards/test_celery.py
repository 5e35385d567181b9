"""Queues, tasks, workers."""

from infra.alerts.dashboards.celery import celery_dashboard
from tests.alerts.dashboards import marks, titles
from tests.plans import stage_plan


class TestCelery:
    def test_panels_of_every_pool(self):
        for stage in (1, 5):
            plan = stage_plan(stage)
            own = [title for title in titles(celery_dashboard(plan)) if ":" in title]
            kinds = ("CPU", "memory of each pod", "pods")
            assert own == [f"{worker.pool}: {kind}" for worker in plan.workers for kind in kinds]

    def test_memory_against_request_and_limit(self):
        mib, made = 2**20, celery_dashboard(stage_plan(5))
        assert marks(made, "fast: memory of each pod") == [1024 * mib, 1536 * mib]
        assert marks(made, "slow: memory of each pod") == [512 * mib, 768 * mib]

    def test_tasks_against_the_time_limit(self):
        made = celery_dashboard(stage_plan(1))
        assert marks(made, "Mean duration") == [600]
        assert marks(made, "Oldest waiting task") == [1200]

    def test_pods_against_the_plans_maximum(self):
        made = celery_dashboard(stage_plan(5))
        assert (marks(made, "fast: pods"), marks(made, "slow: pods")) == ([3], [3])
