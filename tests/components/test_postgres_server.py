"""A real Postgres accepts the planned settings; what the backup script writes can be restored."""

import os
import subprocess
import time

import pytest

from tests.plans import stage_plan
from tests.servers.postgres_server import postgres_server, program
from tests.waiting import patience

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module", params=[1, 2], ids=["stage1", "stage2"])
def postgres(request):
    plan = stage_plan(request.param).postgres
    with postgres_server(plan) as server:
        yield server, plan


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
        subprocess.run(restore, env=server.environment, check=True, capture_output=True, timeout=patience(60))
        assert server.sql("select count(*) from orders", "copy") == "1000"

    def test_a_failed_dump_leaves_nothing(self, postgres, tmp_path):
        server, _ = postgres
        assert server.backup(tmp_path, "missing").returncode != 0
        assert list(tmp_path.iterdir()) == []
