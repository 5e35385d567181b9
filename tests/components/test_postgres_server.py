"""A real Postgres accepts the planned settings; what the backup script writes can be restored."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from infra.components.files import FOLDER
from infra.components.postgres import server_arguments
from tests.plans import stage_plan

pytestmark = pytest.mark.postgres

NOBODY = "65534"  # Postgres refuses to run as root


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def program(name):
    """Beside the server itself: what Debian puts on PATH is a wrapper that looks for clusters of its own."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    found = shutil.which("postgres") or (versions and versions[-1])
    assert found, "postgres is missing: make programs"
    return str(Path(found).resolve().with_name(name))


class Server:
    """Postgres with a stage's settings in a folder of its own."""

    def __init__(self, plan, folder):
        self.as_user = []
        if os.geteuid() == 0:
            self.as_user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
            os.chown(folder, int(NOBODY), int(NOBODY))
        data, port = folder / "data", free_port()
        self._run("initdb", "-D", str(data), "-U", "app", "-A", "trust", "--data-checksums", cwd=folder)
        command = [*self.as_user, program("postgres"), "-D", str(data), "-p", str(port), "-k", str(folder)]
        with (folder / "log").open("w") as log:
            self.child = subprocess.Popen([*command, *server_arguments(plan)], cwd=folder, stdout=log, stderr=log)
        self.environment = {**os.environ, "PGHOST": "127.0.0.1", "PGPORT": str(port), "PGUSER": "app"}
        self.environment["PATH"] = f"{Path(program('pg_dump')).parent}:{os.environ['PATH']}"
        deadline = time.monotonic() + 30
        while self.sql("select 1") != "1":
            assert time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.1)

    def _run(self, name, *arguments, cwd):
        subprocess.run(
            [*self.as_user, program(name), *arguments], check=True, capture_output=True, timeout=120, cwd=cwd
        )

    def sql(self, text, database="postgres"):
        command = [program("psql"), "-XAtc", text, "-d", database]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    def backup(self, folder, database):
        """The CronJob's script as the pod runs it."""
        values = {"PGDATABASE": database, "BACKUP_FOLDER": str(folder), "RETENTION_DAYS": "7"}
        command = ["sh", str(FOLDER / "backup.sh")]
        return subprocess.run(
            command, env={**self.environment, **values}, capture_output=True, text=True, check=False, timeout=60
        )

    def stop(self):
        self.child.terminate()
        self.child.wait(timeout=30)


@pytest.fixture(scope="module", params=[1, 2], ids=["stage1", "stage2"])
def postgres(request):
    plan = stage_plan(request.param).postgres
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # pytest's own folders are closed to other users
        server = Server(plan, Path(folder))
        yield server, plan
        server.stop()


class TestSettings:
    def test_are_in_force(self, postgres):
        """Each planned setting is known to the server and has the planned value, in the server's own units."""
        server, plan = postgres
        assert len(plan.settings) == 12
        for name, value in plan.settings:
            same = f"select pg_size_bytes('{value}') = pg_size_bytes(current_setting('{name}'))"
            shown = server.sql(same) if value.endswith("B") else server.sql(f"show {name}")
            assert shown in ("t", value), name


class TestBackup:
    def test_can_be_restored(self, postgres, tmp_path):
        """The dump holds the rows; only what is older than the retention goes."""
        server, _ = postgres
        server.sql("create database app")
        server.sql("create table orders as select generate_series(1, 1000) as id", "app")
        old, young = tmp_path / "app-20200101T000000Z.dump", tmp_path / "app-20260101T000000Z.dump"
        for path, days in ((old, 30), (young, 2)):
            path.write_text("x")
            os.utime(path, (time.time() - days * 86_400,) * 2)
        done = server.backup(tmp_path, "app")
        assert done.returncode == 0, done.stderr
        left = sorted(tmp_path.glob("*"))
        assert old not in left
        assert young in left
        dump = next(path for path in left if path != young)
        server.sql("create database copy")
        restore = [program("pg_restore"), "-d", "copy", str(dump)]
        subprocess.run(restore, env=server.environment, check=True, capture_output=True, timeout=60)
        assert server.sql("select count(*) from orders", "copy") == "1000"

    def test_a_failed_dump_leaves_nothing(self, postgres, tmp_path):
        server, _ = postgres
        assert server.backup(tmp_path, "missing").returncode != 0
        assert list(tmp_path.iterdir()) == []
