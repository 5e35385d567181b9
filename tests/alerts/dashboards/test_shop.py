"""What customers see."""

from infra.alerts.dashboards.shop import shop_dashboard
from tests.alerts.dashboards import marks
from tests.plans import stage_plan


class TestShop:
    def test_pods_against_the_plans_maximum(self):
        """Where there is no autoscaler there is no line."""
        found = [marks(shop_dashboard(stage_plan(stage)), "Web pods") for stage in (1, 2, 4)]
        assert found == [[], [3], [5]]

    def test_memory_against_request_and_limit(self):
        mib = 2**20
        assert marks(shop_dashboard(stage_plan(1)), "Memory of each web pod") == [176 * mib, 256 * mib]
        assert marks(shop_dashboard(stage_plan(5)), "Memory of each web pod") == [320 * mib, 448 * mib]

    def test_the_guides_backlog(self):
        assert marks(shop_dashboard(stage_plan(1)), "Waiting tasks") == [50, 100]
