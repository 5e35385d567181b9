"""Postgres, as the manifest says it."""

import pytest

from infra.components.postgres import server_arguments, start_files
from tests.graphs import BUILT, container, environment, pods, run
from tests.plans import stage_plan

NAME = "postgres-stateful-set"


@pytest.mark.parametrize(("stage", "provider"), BUILT)
class TestEveryStage:
    def test_settings_are_the_plans(self, stage, provider):
        plan = stage_plan(stage, provider).postgres
        arguments = container(run(stage, provider), NAME)["args"]
        assert arguments == [*server_arguments(plan), "-c", "hba_file=/etc/stagecoach/pg_hba.conf"]
        assert dict(word.split("=", 1) for word in arguments[1:-2:2]) == dict(plan.settings)

    def test_shared_memory_is_sized(self, stage, provider):
        """The runtime's 64 MiB would fail parallel queries; it counts against the container's limit."""
        plan = stage_plan(stage, provider).postgres
        (volume,) = (one for one in pods(run(stage, provider))[NAME]["volumes"] if one["name"] == "shm")
        assert volume["emptyDir"] == {"medium": "Memory", "sizeLimit": str(plan.shm_size)}

    def test_is_one_and_stays(self, stage, provider):
        made = run(stage, provider)
        assert made.inputs(NAME)["spec"]["replicas"] == 1
        assert made.requests[NAME].protect
        assert list(made.requests[NAME].ignoreChanges) == ["spec.volumeClaimTemplates"]


class TestPod:
    def test_no_liveness_probe(self):
        """A database under load that misses probes must not be killed; it leaves the Service."""
        made = container(run(1), NAME)
        assert "livenessProbe" not in made
        assert made["readinessProbe"]["exec"]["command"][0] == "pg_isready"

    def test_the_exporter_cannot_take_it_down(self):
        """A hung exporter is restarted alone; a readiness probe of its own would close the Service to the app."""
        exporter = container(run(1), NAME, 1)
        assert exporter["livenessProbe"]["tcpSocket"] == {"port": "metrics"}
        assert "readinessProbe" not in exporter

    def test_recovery_has_ten_minutes(self):
        """After a power cut it replays its log before it answers."""
        probe = container(run(1), NAME)["startupProbe"]
        assert probe["periodSeconds"] * probe["failureThreshold"] == 600

    def test_ends_with_a_checkpoint(self):
        assert pods(run(1))[NAME]["terminationGracePeriodSeconds"] == 120

    def test_the_password_is_in_the_secret_only(self):
        """Each role has its own key; the superuser's, which the image asks for, is taken away at the start."""
        made = run(1)
        secret = "postgres-password-autonamed"
        keys = {"POSTGRES": "password", "APP": "password", "EXPORTER": "exporter", "BACKUP": "backup"}
        server = environment(container(made, NAME))
        assert {name: server[f"{name}_PASSWORD"] for name in keys} == {
            name: (secret, key) for name, key in keys.items()
        }
        exporter = environment(container(made, NAME, 1))
        assert exporter["DATA_SOURCE_PASS"] == (secret, "exporter")
        assert exporter["DATA_SOURCE_USER"] == "stagecoach_exporter"
        assert "generated-password" not in str(made.inputs(NAME))

    def test_another_password_restarts_it(self):
        """The Secret has no name of ours, so the pod template names the new one; the start gives it to the role."""
        made = run(1)
        assert "name" not in made.inputs("postgres-password")["metadata"]
        hook = container(made, NAME)["lifecycle"]["postStart"]["exec"]["command"]
        assert hook == ["sh", "/etc/stagecoach/start.sh"]

    def test_what_it_reads_at_its_start(self):
        """A changed rule or script restarts it, too."""
        made = run(1)
        assert made.inputs("postgres-start")["data"] == start_files()
        assert "name" not in made.inputs("postgres-start")["metadata"]
        volumes = {one["name"]: one for one in pods(made)[NAME]["volumes"]}
        assert volumes["start"]["configMap"] == {"name": "postgres-start-autonamed"}
        (mounted,) = (one for one in container(made, NAME)["volumeMounts"] if one["name"] == "start")
        assert mounted == {"name": "start", "mountPath": "/etc/stagecoach", "readOnly": True}

    def test_pages_are_checked(self):
        """Checksums are chosen once, when the cluster is made."""
        variables = environment(container(run(1), NAME))
        assert variables["POSTGRES_INITDB_ARGS"] == "--data-checksums"
        assert variables["PGDATA"] == "/var/lib/postgresql/data/pgdata"  # below the mount: lost+found is not empty
