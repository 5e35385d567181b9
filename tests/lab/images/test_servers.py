"""The images' programs under the user, mounts and read-only root of the stack's pods."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from infra.components.app_environment import UID as APP_UID
from infra.components.pgbouncer import UID as PGBOUNCER_UID
from infra.components.pgbouncer import render_config as pgbouncer_config
from infra.components.pgbouncer import render_users
from infra.components.postgres import UID as POSTGRES_UID
from infra.components.postgres import server_arguments, start_files
from infra.components.redis import UID as REDIS_UID
from infra.components.redis import render_config as redis_config
from infra.components.redis_users import RedisPasswords
from pod import load
from tests.lab.images.containers import ADDRESS, Container
from tests.plans import stage_plan
from tests.waiting import patience, wait

pytestmark = pytest.mark.vps
PASSWORD = 'it\'s a "secret" $word'
NOBODY = 65534
START = "/etc/stagecoach"
ENV = {
    "POSTGRES_DB": "app",
    "POSTGRES_USER": "postgres",
    "POSTGRES_INITDB_ARGS": "--data-checksums",
    "PGDATA": "/var/lib/postgresql/data/pgdata",
    "POSTGRES_PASSWORD": PASSWORD,
    "APP_PASSWORD": PASSWORD,
    "EXPORTER_PASSWORD": "of the exporter",
    "BACKUP_PASSWORD": "of the backup",
}


@pytest.fixture
def container(tmp_path):
    made = []

    def new(name, **options):
        made.append(Container(name, tmp_path / f"container-{len(made)}", **options))
        return made[-1]

    yield new
    for one in made:
        one.stop()
    assert [one.pid for one in made if one.pid and Path(f"/proc/{one.pid}").exists()] == []
    mounted = subprocess.run(["findmnt", "-rno", "TARGET"], capture_output=True, text=True, check=True).stdout
    assert str(tmp_path) not in mounted


def answers(container, *command, **options):
    """The command's output once it succeeds."""
    done = wait(lambda: _succeeded(container, command, options), f"{command}\n{container.log}")
    return done.stdout.strip()


def _succeeded(container, command, options):
    done = container.run(*command, check=False, **options)
    return done if done.returncode == 0 else None


class TestPostgres:
    READY = ("pg_isready", "-h", "127.0.0.1", "-U", "app", "-d", "app")

    @pytest.fixture
    def postgres(self, container):
        mounts = ("/var/lib/postgresql/data", "/dev/shm", "/run/postgresql", "/tmp", START)  # noqa: S108  in the container
        made = container("library/postgres:17", uid=POSTGRES_UID, mounts=mounts)
        for name, text in start_files().items():
            (made.mounts[START] / name).write_text(text)
        return made

    @staticmethod
    def start(postgres, *arguments, env=ENV):
        """The server, and beside it the script that the stack runs at each start."""
        postgres.start(*arguments, "-c", f"hba_file={START}/pg_hba.conf", env=env)
        answers(postgres, *TestPostgres.READY)
        postgres.run("sh", f"{START}/start.sh", env=env)

    @staticmethod
    def sql(postgres, text, password=PASSWORD):
        command = ("psql", "-qAtX", "-h", ADDRESS, "-U", "app", "-d", "app", "-c", text)
        return postgres.run(*command, env={"PGPASSWORD": password}, check=False)

    def test_the_first_and_the_second_start(self, postgres):
        self.start(postgres, *server_arguments(stage_plan(1).postgres))
        assert self.sql(postgres, "show server_version").stdout.startswith("17.")
        assert self.sql(postgres, "show data_checksums; show shared_buffers").stdout.split()[0] == "on"
        # Its just-in-time compiler is left out: a query that asks for it is run all the same.
        query = "set jit_above_cost = 0; select sum(one) from generate_series(1, 1000) one"
        assert self.sql(postgres, query).stdout == "500500\n"
        assert self.sql(postgres, "select datcollate from pg_database where datname = 'app'").stdout == "en_US.utf8\n"
        assert self.sql(postgres, "create table kept as select 7 as number").returncode == 0
        assert postgres.signal(signal.SIGINT) == 0  # the image's stop signal: a fast shutdown
        self.start(postgres)
        assert self.sql(postgres, "select number from kept").stdout == "7\n"
        assert postgres.log.read_text().count("creating subdirectories") == 1

    def test_only_the_password_opens_it(self, postgres):
        self.start(postgres)
        wrong = self.sql(postgres, "select 1", password="wrong")
        assert wrong.returncode == 2
        assert "password authentication failed" in wrong.stderr
        # The script that the stack runs at each start gives the Secret's password to the role.
        postgres.run("sh", f"{START}/start.sh", env={**ENV, "APP_PASSWORD": "another"})
        assert self.sql(postgres, "select 1", password="another").stdout == "1\n"

    def test_no_password(self, postgres):
        postgres.start(env={**ENV, "POSTGRES_PASSWORD": ""})
        assert postgres.child.wait(timeout=patience(30)) == 1
        assert "POSTGRES_PASSWORD is empty" in postgres.log.read_text()

    def test_backup(self, postgres):
        """The job's own script in the same image, which waits for the server by itself."""
        for name in ("backup.sh", "await_postgres.sh"):
            (postgres.mounts["/tmp"] / name).write_text(load(name))  # noqa: S108  as above
        self.start(postgres)
        variables = {"PGHOST": "127.0.0.1", "PGUSER": "stagecoach_backup", "PGDATABASE": "app"}
        variables["PGPASSWORD"] = ENV["BACKUP_PASSWORD"]
        more = {"BACKUP_FOLDER": "/tmp", "RETENTION_DAYS": "7", "AWAIT_SECONDS": "60"}  # noqa: S108  as above
        said = postgres.run("/bin/sh", "/tmp/backup.sh", env={**variables, **more}).stdout  # noqa: S108  as above
        assert said.startswith("wrote /tmp/app-")


class TestRedis:
    def test_what_was_accepted_survives_a_kill(self, container):
        passwords = RedisPasswords(app="secret", exporter="exports", admin="may do everything")
        redis = container("library/redis:8.0", uid=REDIS_UID, mounts=("/config", "/data"))
        (redis.mounts["/config"] / "redis.conf").write_text(redis_config(stage_plan(1).redis_broker, passwords))
        password = {"REDISCLI_AUTH": "secret"}
        for start in range(2):
            redis.start(command=["redis-server", "/config/redis.conf"])
            answers(redis, "sh", "-c", "timeout 4 redis-cli ping | grep -q PONG", env=password)
            if start == 0:
                assert redis.run("redis-cli", "lpush", "celery", "task", env=password).stdout == "1\n"
                assert "redis_version:8.0." in redis.run("redis-cli", "info", "server", env=password).stdout
                os.kill(redis._inner(), signal.SIGKILL)
                redis.child.wait(timeout=patience(10))
        assert redis.run("redis-cli", "lrange", "celery", "0", "-1", env=password).stdout == "task\n"


class TestPgBouncer:
    def test_it_listens_and_asks_for_the_password(self, container):
        pgbouncer = container("lab/pgbouncer:1.24.1", uid=PGBOUNCER_UID, mounts=("/config",))
        plan = stage_plan(5, celery_servers=2).pgbouncer
        (pgbouncer.mounts["/config"] / "pgbouncer.ini").write_text(pgbouncer_config(plan))
        (pgbouncer.mounts["/config"] / "userlist.txt").write_text(render_users("secret"))
        pgbouncer.start(command=["pgbouncer", "/config/pgbouncer.ini"])
        wait(lambda: "listening on 0.0.0.0:5432" in pgbouncer.log.read_text(), "PgBouncer")
        assert "PgBouncer 1.24." in pgbouncer.run("pgbouncer", "--version").stdout
        assert pgbouncer.signal(signal.SIGTERM) == 0  # nobody is connected


class TestExporters:
    @pytest.mark.parametrize(
        ("name", "arguments", "port", "metric"),
        [
            ("lab/node-exporter:1.9.0", ("--web.listen-address=:9100", "--path.rootfs=/host"), 9100, "node_memory_"),
            ("lab/postgres-exporter:0.17.1", (), 9187, "pg_up 0"),
            ("lab/redis-exporter:1.69.0", (), 9121, "redis_up 0"),
        ],
    )
    def test_metrics(self, container, name, arguments, port, metric):
        """Without a server behind them they say so and go on."""
        env = {
            "DATA_SOURCE_URI": "127.0.0.1:5432/app?sslmode=disable",
            "DATA_SOURCE_USER": "app",
            "DATA_SOURCE_PASS": "x",
            "REDIS_ADDR": "redis://127.0.0.1:6379",
            "REDIS_PASSWORD": "x",
        }
        exporter = container(name, uid=NOBODY)
        exporter.start(*arguments, env=env)
        assert metric in answers(exporter, *_get(port, "/metrics"))


class TestPrometheus:
    def test_prometheus(self, container):
        made = container("prometheus/prometheus:v2.53.3", uid=NOBODY, mounts=("/etc/prometheus", "/prometheus"))
        (made.mounts["/etc/prometheus"] / "prometheus.yml").write_text("global: {}\n")
        made.start("--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus")
        assert "Ready" in answers(made, *_get(9090, "/-/ready"))

    def test_alertmanager(self, container):
        made = container("prometheus/alertmanager:v0.28.1", uid=NOBODY, mounts=("/etc/alertmanager", "/alertmanager"))
        (made.mounts["/etc/alertmanager"] / "alertmanager.yml").write_text(
            "route: {receiver: none}\nreceivers: [{name: none}]\n"
        )
        made.start(
            "--config.file=/etc/alertmanager/alertmanager.yml",
            "--storage.path=/alertmanager",
            "--cluster.listen-address=",
        )
        assert answers(made, *_get(9093, "/-/healthy")).endswith("OK")


def _get(port, path):
    """A GET by what every image has: bash opens the connection.  Fails until the answer is a 200.

    A port that listens is no server that is ready: Prometheus says 503 while it reads its files.
    """
    ask = f'exec 3<>/dev/tcp/127.0.0.1/{port}; printf "GET {path} HTTP/1.0\\r\\n\\r\\n" >&3'
    script = f'{ask}; read -r status <&3; [[ $status == *" 200 "* ]] && cat <&3'
    return ("bash", "-c", script)


class TestApps:
    """Nothing needs a server: the programs of the pods are there, for a user that the image does not know."""

    ENV = ("DJANGO_SECRET_KEY=x", "DJANGO_ALLOWED_HOSTS=*", "DJANGO_CSRF_TRUSTED_ORIGINS=")
    URLS = (
        "DATABASE_URL=postgres://app:x@127.0.0.1:1/app",
        "CACHE_URL=redis://127.0.0.1:1/0",
        "CELERY_BROKER_URL=redis://127.0.0.1:1/0",
        "CELERY_RESULT_BACKEND=redis://127.0.0.1:1/1",
        "REDIS_URL=redis://127.0.0.1:1/0",
        "DJANGO_ADMIN_URL=admin/",
    )

    @pytest.mark.parametrize(
        ("name", "settings", "application"),
        [
            ("example/shop:1.0.0", "config.settings", "config.wsgi:application"),
            ("lab/minimal:1", "minimal.settings", "minimal.wsgi"),
            ("lab/cookiecutter:1", "config.settings.production", "config.wsgi:application"),
            ("lab/websocket:1", "app.settings", "app.asgi:application"),
        ],
    )
    def test_an_app(self, container, name, settings, application):
        app = container(name, uid=APP_UID, mounts=("/tmp",))  # noqa: S108  in the container
        app.start(command=["sleep", "600"])
        variables = (*self.ENV, *self.URLS, f"DJANGO_SETTINGS_MODULE={settings}")
        env = dict(word.split("=", 1) for word in variables)
        assert app.config["WorkingDir"] == "/app"
        app.run("sh", "-c", "cd /app && python manage.py check && celery --version", env=env)
        app.run("sh", "-c", f"cd /app && gunicorn --check-config {application}", env=env)

    def test_it_starts_from_bytecode(self, container):
        """A file whose time does not fit its bytecode would be compiled again at every start of every pod."""
        app = container("example/shop:1.0.0", uid=APP_UID)
        app.start(command=["sleep", "600"])
        said = app.run("python", "-v", "-c", "import celery, django.db.models, psycopg").stderr
        read = [line for line in said.splitlines() if line.startswith("# code object from '/")]
        assert len(read) > 300
        assert [line for line in read if ".pyc'" not in line] == []


class TestSmall:
    def test_pause_waits_and_ends(self, container):
        pause = container("lab/pause:0.2.1", uid=65535)
        pause.start()
        assert pause.child.poll() is None
        assert pause.signal(signal.SIGTERM) in (0, 143, -15)

    def test_busybox(self, container):
        busybox = container("lab/busybox:1.37", uid=0)
        busybox.start(command=["sh", "-c", "mkdir -p /tmp; ls /bin | grep -cx -e sh -e mkdir -e rm"])
        assert busybox.child.wait(timeout=patience(30)) == 0
        assert busybox.log.read_text() == "3\n"
