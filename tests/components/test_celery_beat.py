"""The scheduler of periodic tasks: never two."""

import json

from infra.components.app_environment import render_settings
from tests.graphs import BUILT, container, run, waits_for
from tests.plans import stage_plan

NAME = "celery-beat-deployment"


class TestCeleryBeat:
    def test_exactly_one_at_every_stage(self):
        """Two would send every task twice; `Recreate` ends the old one before the new one starts."""
        for stage, provider in BUILT:
            spec = run(stage, provider).inputs(NAME)["spec"]
            assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})

    def test_no_autoscaler(self):
        for stage, provider in BUILT:
            made = run(stage, provider)
            targets = {
                made.inputs(name)["spec"]["scaleTargetRef"]["name"]
                for name in made.of_type("kubernetes:autoscaling/v2:HorizontalPodAutoscaler")
            }
            assert "celery-beat" not in targets

    def test_is_alive_while_it_wakes(self):
        """It wakes every five minutes at least; after twice that it is restarted. Nothing asks it for readiness."""
        made = container(run(1), NAME)
        probe = made["livenessProbe"]
        assert probe["exec"]["command"][-1] == '[ -n "$(find /run/stagecoach/beat -mmin -12)" ]'
        assert "readinessProbe" not in made

    def test_starts_after_the_migration(self):
        assert "migrate-job" in waits_for(run(1), NAME)

    def test_schedule_and_pid_need_no_disk(self):
        """The root file system is read-only, and a pid file would outlive a kill."""
        command = container(run(1), NAME)["command"]
        assert command[3:7] == ["celery", "-A", "stagecoach_celery", "beat"]
        assert {"--schedule=/tmp/celerybeat-schedule", "--pidfile="} <= set(command)

    def test_shares_the_default_pools_settings(self):
        """It sends what that pool's workers take."""
        data = run(1).inputs("app-environment-celery-beat")["data"]
        assert json.loads(data["settings.json"]) == render_settings(stage_plan(1).workers[0])
