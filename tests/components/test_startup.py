"""A pod waits for its services, and for no probe's next turn: an update waits for every pod, and so do customers."""

import pytest

from tests.components.test_network_policies import components
from tests.graphs import BUILT, EVERYTHING, container, environment, pods, run

# Seconds.  A kubelet that started less than a period ago begins a probe at a random moment of it (kubernetes,
# pkg/kubelet/prober/worker.go), and a first look that came too early is repeated a whole period later.
STARTUP, READINESS = 2, 10


@pytest.mark.parametrize(("stage", "provider"), BUILT)
class TestEveryContainer:
    def test_is_asked_often_while_it_starts(self, stage, provider):
        """Where it is asked at all: sidecars without a port that anybody waits for are not."""
        slow = {}
        for name, pod in pods(run(stage, provider)).items():
            for one in pod["containers"]:
                if "readinessProbe" in one and one["readinessProbe"]["periodSeconds"] > 5:
                    start = one.get("startupProbe")
                    if not start or start["periodSeconds"] > STARTUP:
                        slow[name, one["name"]] = start
        assert slow == {}

    def test_is_ready_within_ten_seconds_of_its_start(self, stage, provider):
        periods = {
            (name, one["name"]): one["readinessProbe"]["periodSeconds"]
            for name, pod in pods(run(stage, provider)).items()
            for one in pod["containers"]
            if "readinessProbe" in one
        }
        assert periods
        assert {key: period for key, period in periods.items() if period > READINESS} == {}


# What connects to Postgres or Redis by itself; exporters are in the same pod as their service, where no policy stands.
CLIENTS = ("django", "django-migrate", "celery-worker", "celery-beat", "queue-exporter", "postgres-backup", "pgbouncer")
WAIT = "/opt/stagecoach/stagecoach_wait.py"


class TestServices:
    """A service refuses a new pod until network policies know its address: about a second after its first command."""

    @pytest.mark.parametrize("stage", [1, 2, 5])
    def test_every_client_waits_for_them(self, stage):
        """Whatever may reach a data service by the policies of network_policies.py is a client."""
        made = run(stage, **(EVERYTHING if stage == 2 else {}))
        found = {name: how(made, name) for name, one in components(made).items() if one in CLIENTS}
        assert {"django-deployment", "migrate-job", "postgres-backup-cron-job"} <= set(found)
        assert [name for name, one in found.items() if one is None] == []
        assert {components(made)[name] for name in found} == set(CLIENTS) - (set() if stage == 2 else {"pgbouncer"})

    @pytest.mark.parametrize("name", ["django-deployment", "migrate-job", "celery-worker-deployment"])
    def test_the_script_is_mounted(self, name):
        made = run(1)
        [volume] = [one for one in pods(made)[name]["volumes"] if one["name"] == "stagecoach"]
        mounts = [one for one in container(made, name)["volumeMounts"] if one["name"] == "stagecoach"]
        assert mounts == [{"name": "stagecoach", "mountPath": "/opt/stagecoach", "readOnly": True}]
        data = made.inputs(volume["configMap"]["name"].removesuffix("-autonamed"))["data"]
        assert "stagecoach_wait.py" in data

    def test_no_startup_probe_ends_before(self):
        """Half a minute of waiting, then the program's own start."""
        made = run(5)
        for name in ("django-deployment", "celery-worker-deployment", "celery-beat-deployment"):
            one = container(made, name)
            probe = one["startupProbe"]
            assert 3 * int(one["command"][2]) <= probe["periodSeconds"] * probe["failureThreshold"], name


def how(made, name):
    """How a workload waits; None where it does not."""
    pod = pods(made)[name]
    [*first, main] = [*pod.get("initContainers", []), *pod["containers"]]
    if main["command"][:2] == ["python", WAIT]:
        return "script"
    if "AWAIT_SECONDS" in environment((first or [main])[0]):
        return "pg_isready"
    return None
