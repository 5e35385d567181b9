"""Watch Postgres and its backups."""

from __future__ import annotations

from infra.alerts.rules.alert import Alert
from infra.alerts.speed import faster_seconds
from infra.sizing.plan import PostgresPlan

_CONNECTION_PERCENT = 80
_IDLE_TRANSACTION_SECONDS = 600
# A day, and two hours for the job's deadline and retries (postgres_backup.py).
_BACKUP_HOURS = 26


def postgres_alerts(plan: PostgresPlan, speed: int = 1) -> list[Alert]:
    """Return the alerts; connections are compared with the plan's `max_connections`."""
    most = plan.max_connections * _CONNECTION_PERCENT // 100
    idle = faster_seconds(_IDLE_TRANSACTION_SECONDS, speed)
    return [
        Alert(
            name="PostgresDown",
            expression="absent(pg_up == 1)",
            minutes=2,
            component="postgres",
            severity="critical",
            summary="Postgres does not answer its exporter",
        ),
        Alert(
            name="PostgresConnectionsHigh",
            expression=f"sum(pg_stat_database_numbackends) > {most}",
            minutes=5,
            component="postgres",
            summary=f"More than {most} of {plan.max_connections} connections are in use",
        ),
        Alert(
            name="PostgresIdleTransaction",
            expression=f'max(pg_stat_activity_max_tx_duration{{state="idle in transaction"}}) > {idle}',
            minutes=5,
            component="postgres",
            summary=f"A transaction is open and idle for more than {idle} seconds",
        ),
        Alert(
            name="PostgresCollationMismatch",
            expression="max by (datname) (pg_collation_mismatches) > 0",
            minutes=5,
            component="collation",  # not "postgres": PostgresDown must not silence it
            summary="Postgres sorts text in another order than its indexes do: rows may not be found",
        ),
        Alert(
            name="PostgresAppSuperuser",
            expression="max(pg_app_superuser) == 1",
            minutes=5,
            component="rights",  # not "postgres": PostgresDown must not silence it
            summary="The app's role is still a superuser of Postgres",
        ),
        *_backup_alerts(),
    ]


def _backup_alerts() -> list[Alert]:
    newest = "stagecoach_backup_newest_timestamp_seconds"
    return [
        Alert(
            name="BackupTooOld",
            expression=f"time() - max({newest} > 0) > {_BACKUP_HOURS * 3600}",
            minutes=30,
            component="backup",
            severity="critical",
            summary=f"The newest dump of the database is older than {_BACKUP_HOURS} hours",
        ),
        Alert(
            name="BackupMissing",
            expression=f"max({newest}) == 0",
            minutes=_BACKUP_HOURS * 60,
            component="backup",
            severity="critical",
            summary=f"There is no dump of the database, {_BACKUP_HOURS} hours after the first night",
        ),
    ]
