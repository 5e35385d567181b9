"""The broker and the cache."""

from infra.alerts.dashboards.redis import redis_dashboard
from tests.alerts.dashboards import marks
from tests.plans import stage_plan


class TestRedis:
    def test_the_broker_warns_before_it_is_full(self):
        plan = stage_plan(1)
        full = plan.redis_broker.maxmemory.bytes
        assert marks(redis_dashboard(plan), "Broker: memory") == [full * 0.8, full]

    def test_the_cache_lives_at_its_maximum(self):
        plan = stage_plan(4)
        assert marks(redis_dashboard(plan), "Cache: memory") == [plan.redis_cache.maxmemory.bytes]
