"""The worker pools."""

import pytest

from infra.components.celery_worker import worker_command
from tests.graphs import BUILT, container, environment, pods, run, waits_for
from tests.plans import stage_plan

NAME = "celery-worker-deployment"


class TestCommand:
    def test_of_stage_1(self):
        """Concurrency is the guide's; one pool takes every queue."""
        assert worker_command(stage_plan(1).workers[0]) == [
            "celery",
            "-A",
            "stagecoach_celery",
            "worker",
            "--loglevel=INFO",
            "--concurrency=2",
            "--queues=celery,fast,slow,backups",
            "--hostname=default@%h",
        ]

    def test_pools_of_stage_5(self):
        """Every queue has exactly one pool."""
        commands = [worker_command(worker)[5:7] for worker in stage_plan(5).workers]
        assert commands == [
            ["--concurrency=8", "--queues=fast,celery"],
            ["--concurrency=2", "--queues=slow,backups"],
        ]


@pytest.mark.parametrize(("stage", "provider"), BUILT)
class TestEveryStage:
    def test_rolls_within_the_plan(self, stage, provider):
        """No surge: the plan has no room for a second worker, and the queue can wait."""
        made = run(stage, provider)
        for worker in stage_plan(stage, provider).workers:
            spec = made.inputs(f"{worker.workload.name}-deployment")["spec"]
            assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": "99%"}

    def test_has_its_grace_period(self, stage, provider):
        """Longer than the soft shutdown, or a kill interrupts what it saved."""
        made = pods(run(stage, provider))
        for worker in stage_plan(stage, provider).workers:
            pod = made[f"{worker.workload.name}-deployment"]
            assert pod["terminationGracePeriodSeconds"] == worker.grace_period > worker.soft_shutdown_timeout

    def test_runs_on_the_planned_servers(self, stage, provider):
        made = pods(run(stage, provider))
        for worker in stage_plan(stage, provider).workers:
            selector = {"stagecoach.dev/role": "celery"} if worker.workload.node_role == "celery" else None
            assert made[f"{worker.workload.name}-deployment"].get("nodeSelector") == selector


class TestPod:
    def test_ends_softly(self):
        """SIGTERM alone would wait for the task until the kill."""
        assert environment(container(run(1), NAME))["REMAP_SIGTERM"] == "SIGQUIT"

    def test_is_alive_while_its_heartbeat_is(self):
        """A file that the worker touches: `inspect ping` would cost a process every half minute."""
        made = container(run(1), NAME)
        alive, ready = made["livenessProbe"], made["startupProbe"]
        assert alive["exec"]["command"][-1] == '[ -n "$(find /run/stagecoach/heartbeat -mmin -4)" ]'
        assert (alive["periodSeconds"], alive["failureThreshold"]) == (30, 2)
        assert ready["exec"]["command"] == ["test", "-e", "/run/stagecoach/ready"]
        assert ready["periodSeconds"] * ready["failureThreshold"] == 180

    def test_state_lies_in_memory(self):
        """The probes' files must work while the disk is full."""
        (state,) = (one for one in pods(run(1))[NAME]["volumes"] if one["name"] == "state")
        assert state["emptyDir"] == {"medium": "Memory", "sizeLimit": "1Mi"}

    def test_the_app_is_wrapped(self):
        """`-A stagecoach_celery` imports the app that the stack file names."""
        variables = environment(container(run(1, app={"celery_app": "proj"}), NAME))
        assert variables["STAGECOACH_CELERY_APP"] == "proj"
        assert variables["PYTHONPATH"] == "/opt/stagecoach"

    def test_starts_after_the_migration(self):
        assert "migrate-job" in waits_for(run(1), NAME)
