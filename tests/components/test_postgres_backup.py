"""The nightly dump."""

from pod import load
from tests.graphs import container, environment, pods, run, waits_for
from tests.plans import stage_plan

NAME = "postgres-backup-cron-job"


class TestSchedule:
    def test_not_when_the_reports_run(self):
        """The guide puts them at 02:00."""
        spec = run(1).inputs(NAME)["spec"]
        assert (spec["schedule"], spec["timeZone"]) == ("30 3 * * *", "Etc/UTC")

    def test_one_at_a_time(self):
        """The plan has room for one; a dump that hangs ends after its hour."""
        spec = run(1).inputs(NAME)["spec"]
        assert spec["concurrencyPolicy"] == "Forbid"
        assert spec["jobTemplate"]["spec"]["activeDeadlineSeconds"] == 3600

    def test_a_missed_night_is_made_up_within_the_hour(self):
        assert run(1).inputs(NAME)["spec"]["startingDeadlineSeconds"] == 3600


def test_the_claim_is_not_waited_for():
    """Bound by its first pod, it would be waited for in vain after an update that was killed (ADR 0023)."""
    for name in run(1).of_type("kubernetes:core/v1:PersistentVolumeClaim"):
        assert run(1).inputs(name)["metadata"]["annotations"] == {"pulumi.com/skipAwait": "true"}


class TestPod:
    def test_the_images_own_pg_dump(self):
        """An older pg_dump refuses a newer server."""
        made = run(1)
        assert container(made, NAME)["image"] == container(made, "postgres-stateful-set")["image"]

    def test_runs_the_tested_script(self):
        made = run(1)
        assert container(made, NAME)["command"] == ["/bin/sh", "/scripts/backup.sh"]
        data = made.inputs("postgres-backup-script")["data"]
        assert data == {name: load(name) for name in ("backup.sh", "await_postgres.sh")}
        assert data["backup.sh"].startswith("#!/bin/sh\n")

    def test_what_the_script_reads(self):
        assert environment(container(run(1), NAME)) == {
            "PGHOST": "postgres",
            "PGUSER": "stagecoach_backup",
            "PGDATABASE": "app",
            "AWAIT_SECONDS": "60",
            "BACKUP_FOLDER": "/backups",
            "RETENTION_DAYS": "7",
            "PGPASSWORD": ("postgres-password-autonamed", "backup"),
        }

    def test_a_user_of_its_own(self):
        """Not the database's, whose files it never needs; above the host's own numbers."""
        security = pods(run(1))[NAME]["securityContext"]
        assert (security["runAsUser"], security["runAsGroup"], security["fsGroup"]) == (10003, 10003, 10003)

    def test_dumps_outlive_the_job(self):
        made = run(1)
        assert made.requests["postgres-backup-claim"].protect
        volumes = {one["name"]: one for one in pods(made)[NAME]["volumes"]}
        assert volumes["backups"]["persistentVolumeClaim"] == {"claimName": "postgres-backup"}

    def test_comes_after_the_database(self):
        assert "postgres-stateful-set" in waits_for(run(1), NAME)

    def test_its_requests_are_the_plans(self):
        plan = stage_plan(1).postgres.backup
        assert container(run(1), NAME)["resources"]["requests"]["memory"] == str(plan.pod_requests.memory)
