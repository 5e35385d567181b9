"""Alerts of the database and its backups."""

import pytest

from infra.alerts.rules.postgres import postgres_alerts
from tests.alerts.promtool import Case, holds, rules_of
from tests.plans import stage_plan

pytestmark = pytest.mark.promtool

BACKENDS = 'pg_stat_database_numbackends{datname="app"}'
IDLE = 'pg_stat_activity_max_tx_duration{datname="app",state="idle in transaction"}'
ACTIVE = 'pg_stat_activity_max_tx_duration{datname="app",state="active"}'
NEWEST = "stagecoach_backup_newest_timestamp_seconds"
DAY = 24 * 60

CASES = [
    Case(alert="PostgresDown", hot={"pg_up": "0x30"}, cool={"pg_up": "1x30"}, at=2),
    # Stage 1 has 40 connections.
    Case(alert="PostgresConnectionsHigh", hot={BACKENDS: "33x30"}, cool={BACKENDS: "32x30"}, at=5, stage=1),
    # pg_dump holds a transaction open, too, and works.
    Case(alert="PostgresIdleTransaction", hot={IDLE: "601x30"}, cool={ACTIVE: "3000x30"}, at=5),
    Case(
        alert="PostgresCollationMismatch",
        hot={'pg_collation_mismatches{datname="app"}': "1x30"},
        cool={'pg_collation_mismatches{datname="app"}': "0x30"},
        at=5,
        labels={"datname": "app"},
    ),
    Case(
        alert="PostgresAppSuperuser",
        hot={'pg_app_superuser{rolname="app"}': "1x30"},
        cool={'pg_app_superuser{rolname="app"}': "0x30"},
        at=5,
    ),
    Case(alert="BackupTooOld", hot={NEWEST: f"60x{2 * DAY}"}, cool={NEWEST: f"7200x{2 * DAY}"}, at=26 * 60 + 32),
    Case(alert="BackupMissing", hot={NEWEST: f"0x{2 * DAY}"}, cool={NEWEST: f"60x{2 * DAY}"}, at=26 * 60),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alert)
def test_fires(case, tmp_path):
    holds(case, tmp_path)


def test_every_alert_has_a_case():
    assert {alert.name for alert in postgres_alerts(stage_plan(5).postgres)} == {case.alert for case in CASES}


def test_an_exporter_that_is_gone_is_no_comfort(tmp_path):
    holds(Case(alert="PostgresDown", hot={"up": "1x30"}, cool={"pg_up": "1x30"}, at=2), tmp_path)


@pytest.mark.parametrize(("stage", "most"), [(1, 32), (2, 64), (3, 64), (4, 80), (5, 80)])
def test_four_fifths_of_the_plans_connections(stage, most):
    (rule,) = [rule for rule in rules_of(stage) if rule["alert"] == "PostgresConnectionsHigh"]
    assert rule["expr"].endswith(f"> {most}")
