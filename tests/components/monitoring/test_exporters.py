"""Every metric that a rule or a dashboard reads is one that a running exporter shows.

Debian's exporters are older than the images; what is read has kept its name in between (their changelogs).
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import redis
import yaml

from infra.alerts.rules import rules
from infra.components.app_environment import render_settings
from infra.components.queue_exporter import exporter_variables
from infra.scripts import load
from tests.alerts.metrics import used
from tests.graphs import container, run
from tests.plans import stage_plan
from tests.servers import free_port
from tests.servers.monitoring_servers import alertmanager, exposed, get, prometheus, running
from tests.servers.postgres_server import PASSWORDS as POSTGRES_PASSWORDS
from tests.servers.postgres_server import postgres_server
from tests.servers.redis_server import PASSWORD, PASSWORDS, RedisServer
from tests.waiting import wait

pytestmark = pytest.mark.monitoring

REPOSITORY = Path(__file__).resolve().parents[3]
FILES = REPOSITORY / "pod" / "stagecoach_celery"
QUERIES = REPOSITORY / "pod" / "postgres_queries.yaml"


def of_the_server():
    """Metrics that the server's own script writes for node-exporter."""
    return used("stagecoach_patches_") | used("stagecoach_reboot_")


def test_node(tmp_path):
    """With the collectors of the DaemonSet, and what the server's script wrote."""
    script = load("patches/metrics.sh").replace("/var/lib/stagecoach-metrics", str(tmp_path))
    subprocess.run(["sh", "-c", script, "metrics", "once"], check=True)
    port = free_port()
    folder = f"--collector.textfile.directory={tmp_path}"
    arguments = [one for one in container(run(1), "node-exporter-daemon-set")["args"] if "collector" in one]
    arguments = [folder if "textfile.directory" in one else one for one in arguments]
    with running("prometheus-node-exporter", *arguments, f"--web.listen-address=127.0.0.1:{port}", port=port):
        assert (used("node_") | of_the_server()) - exposed(get(port)) == set()


def collations(text):
    """How many orders of text an exporter shows as changed."""
    return float(re.search(r"^pg_collation_mismatches\{[^}]*\} (\S+)", text, re.MULTILINE)[1])


def test_postgres():
    port = free_port()
    with postgres_server(stage_plan(1).postgres, superuser="postgres", guarded=True) as server:
        server.inside("create database app", database="postgres")
        server.give_rights()
        variables = {
            "DATA_SOURCE_URI": f"127.0.0.1:{server.port}/app?sslmode=disable",
            "DATA_SOURCE_USER": "stagecoach_exporter",
            "DATA_SOURCE_PASS": POSTGRES_PASSWORDS["exporter"],
            "PG_EXPORTER_EXTEND_QUERY_PATH": str(QUERIES),
        }
        listen = f"--web.listen-address=127.0.0.1:{port}"
        with running("prometheus-postgres-exporter", listen, port=port, env={**os.environ, **variables}):
            text = get(port)
            assert 'pg_collation_mismatches{datname="app"' in text
            assert collations(text) == 0
            assert 'pg_app_superuser{rolname="app"' in text
            # As on another base: the order of text of the database, and of an index, is of another library.
            server.inside("update pg_database set datcollversion = '1.0' where datname = 'app'")
            assert wait(lambda: collations(get(port)) == 1, "the mismatch of the database")
            server.inside('create table t (name text collate "en-x-icu"); create index on t (name)')
            server.inside("update pg_collation set collversion = '1.0' where collname = 'en-x-icu'")
            assert wait(lambda: collations(get(port)) == 2, "the mismatch of the index")
    assert used("pg_") - exposed(text) == set()
    assert "\npg_up 1\n" in text
    assert "pg_stat_database_numbackends{datid=" in text
    assert 'pg_stat_activity_max_tx_duration{datname="app",' in text
    assert 'state="idle in transaction"' in text


def test_redis(tmp_path):
    """With a write that is refused: Redis shows the counter from then on."""
    server, port = RedisServer(stage_plan(1).redis_broker, tmp_path / "broker"), free_port()
    variables = {"REDIS_ADDR": f"redis://127.0.0.1:{server.port}", "REDIS_USER": "exporter"}
    variables["REDIS_PASSWORD"] = PASSWORDS.exporter
    listen = f"--web.listen-address=127.0.0.1:{port}"
    try:
        with running("prometheus-redis-exporter", listen, port=port, env={**os.environ, **variables}):
            assert 'err="OOM"' not in get(port)
            server.client.config_set("maxmemory", 1)
            with pytest.raises(redis.exceptions.OutOfMemoryError):
                server.client.lpush("celery", "task")
            text = get(port)
    finally:
        server.kill()
    assert used("redis_") - exposed(text) == set()
    assert '\nredis_errors_total{err="OOM"} 1\n' in text
    assert "\nredis_aof_last_write_status 1\n" in text
    assert "\nredis_memory_max_bytes 1\n" in text
    assert 'err="NOPERM"' not in text, "it may do all that it asks"


def test_queue_exporter(tmp_path):
    """Ours, with the variables of its pod."""
    broker, port = RedisServer(stage_plan(1).redis_broker, tmp_path / "broker"), free_port()
    (tmp_path / "settings.json").write_text(json.dumps(render_settings(stage_plan(1).workers[0])))
    url = f"redis://:{PASSWORD}@127.0.0.1:{broker.port}/0"
    variables = {
        **exporter_variables(stage_plan(1).workers),
        "EXPORTER_PORT": str(port),
        "EXPORTER_BACKUPS": str(tmp_path),
        "CELERY_BROKER_URL": url,
        "CELERY_RESULT_BACKEND": url,
        "STAGECOACH_CELERY_APP": "tests.pod.stagecoach_celery.sample_app",
        "STAGECOACH_SETTINGS": str(tmp_path / "settings.json"),
        "STAGECOACH_STATE": str(tmp_path),
        "PYTHONPATH": str(REPOSITORY),
    }
    script = str(FILES / "queue_exporter.py")
    try:
        with running(sys.executable, script, port=port, cwd=REPOSITORY, env={**os.environ, **variables}):
            text = get(port)
    finally:
        broker.kill()
    assert (used("celery_") | used("stagecoach_")) - of_the_server() <= exposed(text)


def test_prometheus_and_alertmanager(tmp_path):
    """Their counters are there before the first failure: an increase from nothing is seen."""
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(rules(stage_plan(1))))
    with prometheus(tmp_path, "rule_files: [rules.yml]\n") as port:
        text = wait(lambda: (page := get(port)) and "rule_group=" in page and page, "the rules' groups")
    assert used("prometheus_") - exposed(text) == set()
    assert re.search(r'prometheus_rule_evaluation_failures_total\{rule_group="[^"]*;node"\} 0', text)
    route = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"
    with alertmanager(tmp_path, route) as port:
        text = wait(lambda: get(port), "Alertmanager")
    assert used("alertmanager_") - exposed(text) == set()
    assert 'alertmanager_notifications_failed_total{integration="email"} 0' in text
