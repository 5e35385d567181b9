"""The backup's script: what a failure leaves, and what retention removes."""

import os
import time

import pytest

from pod import load
from tests.servers.stub_server import StubServer

DAY = 86_400
WRITE = 'for one in "$@"; do case "$one" in --file=*) echo dump >"${one#--file=}" ;; esac; done'


@pytest.fixture
def server(tmp_path):
    made = StubServer(tmp_path)
    made.stub("pg_dump", WRITE)
    made.stub("pg_restore")
    made.stub("pg_isready")
    (tmp_path / "tmp" / "await_postgres.sh").write_text(load("await_postgres.sh"))
    (tmp_path / "backups").mkdir()
    return made


def run(server, days="7", seconds="60"):
    folder = str(server.root / "backups")
    variables = {"PGHOST": "postgres", "PGDATABASE": "app", "BACKUP_FOLDER": folder, "RETENTION_DAYS": days}
    return server.run(load("backup.sh"), AWAIT_SECONDS=seconds, **variables)


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
        assert server.calls[0].startswith("pg_isready ")
        assert server.calls[1].startswith("pg_dump --format=custom")
        assert server.calls[2] == f"pg_restore --list {server.root}/backups/{name}.partial"

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


class TestFirstTry:
    """A new pod's connections are refused until network policies know its address (kube-router)."""

    def test_waits_until_postgres_answers(self, server):
        """Two refusals, then the one dump."""
        server.stub("pg_isready", '[ "$(grep -c pg_isready "$STUBS/calls")" -gt 2 ]')
        done = run(server)
        assert (done.returncode, done.stderr) == (0, "")
        assert [one.split()[0] for one in server.calls] == [*["pg_isready"] * 3, "pg_dump", "pg_restore"]

    def test_not_for_ever(self, server):
        """What pg_dump says of a server that stays away is the job's last word."""
        server.stub("pg_isready", "exit 2")
        server.stub("pg_dump", 'echo "pg_dump: error: Connection refused" >&2; exit 1')
        done = run(server, seconds="1")
        assert done.returncode == 1
        assert done.stderr.splitlines() == [
            "postgres did not answer within 1 s: starting without it",
            "pg_dump: error: Connection refused",
        ]
