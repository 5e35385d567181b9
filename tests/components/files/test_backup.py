"""The backup's script: what a failure leaves, and what retention removes."""

import os
import time

import pytest

from infra.components.files import load
from tests.servers.stub_server import StubServer

DAY = 86_400
WRITE = 'for one in "$@"; do case "$one" in --file=*) echo dump >"${one#--file=}" ;; esac; done'


@pytest.fixture
def server(tmp_path):
    made = StubServer(tmp_path)
    made.stub("pg_dump", WRITE)
    made.stub("pg_restore")
    (tmp_path / "backups").mkdir()
    return made


def run(server, days="7"):
    folder = str(server.root / "backups")
    return server.run(load("backup.sh"), PGDATABASE="app", BACKUP_FOLDER=folder, RETENTION_DAYS=days)


def dumps(server):
    return sorted(path.name for path in (server.root / "backups").iterdir())


def old(server, name, days):
    path = server.root / "backups" / name
    path.touch()
    then = time.time() - days * DAY
    os.utime(path, (then, then))


class TestBackup:
    def test_is_read_before_it_counts(self, server):
        """The table of contents of the very file; only then it gets its name."""
        assert run(server).returncode == 0
        (name,) = dumps(server)
        assert name.endswith("Z.dump")
        assert server.calls[0].startswith("pg_dump --format=custom")
        assert server.calls[1] == f"pg_restore --list {server.root}/backups/{name}.partial"

    @pytest.mark.parametrize("program", ["pg_dump", "pg_restore"])
    def test_a_failure_leaves_no_file_and_removes_none(self, server, program):
        """The old dumps are the only ones then, however old."""
        old(server, "app-20260101T033000Z.dump", 30)
        server.stub(program, f"{WRITE if program == 'pg_dump' else ''}\nexit 1")
        assert run(server).returncode == 1
        assert dumps(server) == ["app-20260101T033000Z.dump"]

    def test_retention(self, server):
        """Older than the last days; other databases' files are not ours."""
        old(server, "app-20260101T033000Z.dump", 9)
        old(server, "app-20260103T033000Z.dump", 6)
        old(server, "other-20260101T033000Z.dump", 9)
        assert run(server).returncode == 0
        assert dumps(server)[0] == "app-20260103T033000Z.dump"
        assert dumps(server)[-1] == "other-20260101T033000Z.dump"
        assert len(dumps(server)) == 3
