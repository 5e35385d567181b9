"""Every command's tables fit the width that there is, and no name is cut."""

import pytest
from rich.cells import cell_len

from tests.cli.command import infra
from tests.updates.preview.previews import document, step

PATH = {"PATH": "/usr/bin:/bin"}
COMMANDS = {
    "plan --stage 1 --provider digitalocean": {"local-path-provisioner", "postgres-backup", "redis-broker"},
    "plan --stage 5 --provider vultr": {"celery-worker-slow", "visibility-timeout/slow"},
    "plan --explain --stage 5": {"settings.max_parallel_workers_per_gather", "worker.requests.memory"},
    "plan --contracts --stage 5": {"stagecoach:overrides.pools.slow.reject_on_worker_lost"},
    "plan --customers 900 --tasks-per-customer-day 40 --task-seconds 0.3": {"database", "planned", "customers"},
    "diff --from 2 --to 5": {"workers.celery-worker-slow.containers.worker.requests.memory", "queue-exporter"},
    "diff --from 1 --to 4 --provider vultr": {"monitoring.prometheus.containers.prometheus.requests.memory"},
    "prices": {"s-8vcpu-16gb", "vhp-8c-16gb-amd", "cpx42"},
    "prices --budget 20": {"(above)", "g-8vcpu-32gb"},
    "doctor": {"https://www.pulumi.com/docs/iac/download-install/", "admin_cidrs"},
}


def _words(text):
    return {word.strip(",:;│") for word in text.split()}


@pytest.mark.parametrize("columns", [60, 80, 100, 140, 200])
@pytest.mark.parametrize("command", COMMANDS)
def test_tables_fit(command, columns):
    """No line is longer, unless it is one word."""
    out = infra(*command.split(), environment={**PATH, "COLUMNS": str(columns)}).stdout
    longer = [line for line in out.splitlines() if cell_len(line) > columns]
    assert [line for line in longer if len(line.split()) > 1] == []
    assert COMMANDS[command] <= _words(out)
    assert "\u2026" not in out


def test_a_table_where_there_is_room():
    """At 80 columns the tables that people compare are tables still."""
    made = {name: infra(*name.split(), environment={**PATH, "COLUMNS": "80"}).stdout for name in ("plan", "prices")}
    assert made["plan"].count("┏") >= 3
    assert made["prices"].count("┏") == 6
    assert "│ celery-worker: worker" in made["plan"]


def test_a_pipe_is_80_wide():
    """The same in a file and in a log, where nobody can say how wide it is."""
    for command in COMMANDS:
        given = infra(*command.split(), environment={**PATH, "COLUMNS": ""}).stdout
        assert max(map(cell_len, given.splitlines())) <= 80, command


@pytest.mark.parametrize("columns", [60, 80, 140])
def test_guard(columns):
    name, kind = "prometheus-server-of-the-shop-configuration", "kubernetes:core/v1:PersistentVolumeClaim"
    text = document(step("update", kind, name, paths=["spec.template.spec.containers[0].resources.requests.memory"]))
    out = infra("guard", "-", text=text, environment={**PATH, "COLUMNS": str(columns)}).stdout
    assert {name, kind, "spec.template.spec.containers[0].resources.requests.memory"} <= _words(out)
    assert [line for line in out.splitlines() if cell_len(line) > columns and len(line.split()) > 1] == []
