"""Plans and configs as flat values: complete, and under names that a person knows."""

from infra.updates.changes.stack_diff import Change
from infra.updates.changes.values import changed, config_values, plan_values
from tests.plans import stage_plan
from tests.updates.changes.configs import config


class TestPlanValues:
    def test_every_workloads_amounts(self):
        flat, plan = plan_values(stage_plan(5)), stage_plan(5)
        for worker in plan.workers:
            container = worker.workload.container("worker")
            path = f"workers.{worker.workload.name}.containers.worker"
            assert flat[f"{path}.requests.cpu"] == str(container.requests.cpu)
            assert flat[f"{path}.limits.memory"] == str(container.limits.memory)
        memory = [path for path in flat if path.endswith(".requests.memory")]
        assert len(memory) == sum(len(workload.containers) for workload in plan.workloads)

    def test_settings_and_lists(self):
        flat = plan_values(stage_plan(5))
        assert flat["postgres.settings.shared_buffers"] == "512MB"
        assert flat["workers.celery-worker.queues"] == "fast,celery"
        assert flat["nodes.celery.count"] == "1"

    def test_no_remarks(self):
        """Reasons and departures are words about the plan."""
        assert {path.split(".")[0] for path in plan_values(stage_plan(1))} & {
            "checks",
            "departures",
            "missing",
        } == set()

    def test_bytes_are_told_in_mib(self):
        assert plan_values(stage_plan(1))["nodes.server.allocatable.memory"] == "2638.8Mi"

    def test_what_is_not_there_is_no_value(self):
        """No CPU limit: the other side shows it as missing."""
        assert "postgres.containers.postgres.limits.cpu" not in plan_values(stage_plan(1))


class TestConfigValues:
    def test_the_files_own_keys(self):
        flat = config_values(config(1, env={"A": "1"}, images={"redis": "mirror.example/redis:8.0"}))
        assert flat["stagecoach:env.A"] == "1"
        assert flat["stagecoach:images.redis"] == "mirror.example/redis:8.0"
        assert flat["stagecoach:admin_cidrs"] == "203.0.113.0/24"

    def test_what_the_plan_shows_is_not_told_twice(self):
        flat = config_values(config(4, celery_servers={"count": 2}, overrides={"django": {"threads": 8}}))
        assert [path for path in flat if "celery_servers" in path or "overrides" in path or "stage" in path[11:]] == []


class TestChanged:
    def test_new_changed_and_gone(self):
        assert changed({"a": "1", "b": "1", "c": "1"}, {"d": "2", "a": "1", "b": "2"}) == (
            Change(path="d", before=None, after="2"),
            Change(path="b", before="1", after="2"),
            Change(path="c", before="1", after=None),
        )


class TestDomains:
    MAIL = "a@example.org"

    def test_one_name_is_the_same_under_either_key(self):
        one = config_values(config(1, domain="Shop.example.org", acme_email=self.MAIL))
        assert one == config_values(config(1, domains=["shop.example.org"], acme_email=self.MAIL))
        assert one["stagecoach:domain"] == "shop.example.org"

    def test_a_further_name_is_one_change(self):
        one = config_values(config(1, domain="shop.example.org", acme_email=self.MAIL))
        two = config_values(config(1, domains=["shop.example.org", "www.shop.example.org"], acme_email=self.MAIL))
        names = "shop.example.org, www.shop.example.org"
        assert changed(one, two) == (Change(path="stagecoach:domains", before=None, after=names),)


def test_what_is_as_good_as_a_password_is_not_shown():
    """That it has changed is."""
    before = config_values(config(alerts={"webhook_url": "https://hooks.example/old"}))
    after = config_values(
        config(
            alerts={"webhook_url": "https://hooks.example/new"}, k3s={"url": "https://ann:hunter2@mirror.example/k3s"}
        )
    )
    assert changed(before, after) == (
        Change(path="stagecoach:k3s.url", before=None, after="https://ann:[hidden]@mirror.example/k3s"),
        Change(
            path="stagecoach:alerts.webhook_url",
            before="https://hooks.example/[hidden]",
            after="https://hooks.example/[hidden]",
        ),
    )
