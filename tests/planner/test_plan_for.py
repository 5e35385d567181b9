"""What a plan says of a stack file that will hardly be meant."""

import pytest

from infra.planner.plan_for import plan_for
from tests.updates.changes.configs import config


def warnings(**more):
    return [line for line in plan_for(config(1, **more)).warnings if "no pool consumes" in line]


class TestDefaultQueue:
    def test_every_stage_consumes_celerys(self):
        assert not [line for stage in range(1, 6) for line in plan_for(config(stage)).warnings if "no pool" in line]

    @pytest.mark.parametrize(
        ("queues", "app"), [(["default", "fast"], {}), (["celery", "fast"], {"default_queue": "default"})]
    )
    def test_that_no_pool_has(self, queues, app):
        """A task without a route would wait for ever; the line names the queue and both ways out."""
        (line,) = warnings(overrides={"pools": {"default": {"queues": queues}}}, app=app)
        assert repr(app.get("default_queue", "celery")) in line
        assert "stagecoach:overrides.pools.default.queues" in line
        assert "stagecoach:app.default_queue" in line

    def test_that_a_pool_has(self):
        pools = {"default": {"queues": ["default", "fast"]}}
        assert not warnings(overrides={"pools": pools}, app={"default_queue": "default"})


class TestVultrsFirewall:
    """Each network is a rule for SSH and one for the Kubernetes API."""

    @staticmethod
    def said(count, **where):
        networks = [f"203.0.113.{number}" for number in range(count)]
        return [
            line
            for line in plan_for(config(1, admin_cidrs=networks, **where)).warnings
            if "'s firewall; it takes" in line
        ]

    def test_more_than_a_group_takes(self):
        (line,) = self.said(24, provider="vultr", region="fra")
        assert "24 networks, with the shop's 52 rules of Vultr's firewall" in line
        assert "More than 23 may end the update" in line

    def test_what_it_takes(self):
        assert not self.said(23, provider="vultr", region="fra")
        assert not self.said(24)
