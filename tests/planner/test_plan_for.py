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
