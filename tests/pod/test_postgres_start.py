"""Roles and rights that Postgres' start script keeps, in a new database and in one that releases before made."""

import os
import re
import signal
import subprocess
from functools import partial

import pytest

from pod import FOLDER
from tests.servers.old_postgres import PLAN, fill, old_server
from tests.servers.postgres_server import PASSWORDS, postgres_server, program
from tests.waiting import patience, wait

pytestmark = pytest.mark.postgres

# (statement, what Postgres says)
FORBIDDEN = [
    ("create role another", "permission denied"),
    ("create database another", "permission denied"),
    ("alter role app superuser", "must be superuser|permission denied"),
    ("alter role app createrole", "permission denied"),
    ("set role postgres", "permission denied"),
    ("set session authorization postgres", "permission denied"),
    ("grant postgres to app", "must be superuser|permission denied"),
    ("select rolpassword from pg_authid", "permission denied"),
    ("select pg_read_file('/etc/passwd')", "permission denied"),
    ("select pg_ls_dir('/')", "permission denied"),
    ("select lo_import('/etc/passwd')", "permission denied"),
    ("create table files (line text); copy files from '/etc/passwd'", "must be superuser|permission denied"),
    ("create table files (line text); copy files from program 'id'", "must be superuser|permission denied"),
    ("copy (select 1) to program 'id'", "must be superuser|permission denied"),
    ("copy (select 1) to '/tmp/file'", "must be superuser|permission denied"),
    ("create function c() returns int language c as 'libc', 'getpid'", "permission denied"),
    ("create extension file_fdw", "permission denied"),
    ("create extension dblink", "permission denied"),
    ("alter system set archive_command = 'id'", "must be superuser|permission denied"),
    ("load 'auto_explain'", "access to library|permission denied"),
    ("set log_statement = 'none'", "permission denied"),
]


@pytest.fixture(scope="module")
def new():
    """As the image makes it for this release."""
    with postgres_server(PLAN, PASSWORDS["app"], superuser="postgres", guarded=True) as server:
        assert server.inside("create database app", database="postgres").returncode == 0
        server.give_rights()
        yield server


@pytest.fixture(scope="module")
def moved():
    """As the release before made it, after this release's start."""
    with old_server() as server:
        fill(server)
        server.give_rights()
        yield server


@pytest.fixture(params=["new", "moved"])
def server(request):
    return request.getfixturevalue(request.param)


class TestApp:
    @pytest.mark.parametrize(("statement", "said"), FORBIDDEN, ids=[statement for statement, _ in FORBIDDEN])
    def test_may_not(self, server, statement, said):
        done = server.outside(statement)
        assert done.returncode == 1, done.stdout
        assert re.search(said, done.stderr), done.stderr

    def test_owns_its_database(self, server):
        """Schemas and the extensions that Postgres calls trusted, as Django's migrations make them."""
        done = server.outside("create schema own; create extension pg_trgm; drop schema own; drop extension pg_trgm")
        assert done.returncode == 0, done.stderr
        owner = "select pg_get_userbyid(datdba) from pg_database where datname = 'app'"
        assert server.outside(owner).stdout == "app\n"


# Settings that the owner of a database may give it, for everybody who logs in there.
TRAPS = [
    "set role = 'app'",
    "set idle_session_timeout = '1ms'",
    "set local_preload_libraries = 'missing'",
    "set default_transaction_read_only = on",
    "set search_path = 'trap'",
    "connection limit 0",
    "set transaction_timeout = '1ms'",  # since Postgres 17
]


class TestTraps:
    """What the app does to its own database keeps nobody from starting Postgres again."""

    @pytest.mark.parametrize("trap", TRAPS)
    def test_the_next_start_ends(self, new, trap):
        done = new.outside(f"alter database app {trap}", database="postgres")
        assert done.returncode == 0 or "unrecognized configuration parameter" in done.stderr
        try:
            new.give_rights(app="after-a-trap-9")
        finally:
            new.inside("alter database app reset all", database="postgres")
            new.inside("alter database app connection limit -1", database="postgres")
        assert new.outside("select 1", "app", "after-a-trap-9").returncode == 0
        new.give_rights()

    def test_without_the_maintenance_database(self, new):
        """A person has dropped it."""
        assert new.inside("drop database postgres").returncode == 0
        try:
            new.give_rights(app="after-a-drop-9")
            assert new.outside("select 1", "app", "after-a-drop-9").returncode == 0
            new.give_rights()
        finally:
            new.inside("create database postgres")

    def test_a_closed_database(self, new):
        assert new.outside("alter database app allow_connections false", database="postgres").returncode == 0
        try:
            new.give_rights()
        finally:
            new.inside("alter database app allow_connections true", database="postgres")


class TestLogin:
    def test_nobody_is_superuser_from_outside(self, server):
        """Not with the password that the image was given, and not from the exporter's container, which is 127.0.0.1."""
        for password in (*PASSWORDS.values(), ""):
            done = server.outside("select 1", "postgres", password)
            assert done.returncode == 2
            assert "pg_hba.conf rejects connection" in done.stderr
        assert server.inside("select rolpassword from pg_authid where rolname = 'postgres'").stdout == "\n"

    @pytest.mark.parametrize("role", ["app", "stagecoach_exporter", "stagecoach_backup"])
    def test_each_with_its_own_password(self, server, role):
        own = role.removeprefix("stagecoach_")
        assert server.outside("select current_user", role).stdout == f"{role}\n"
        for name, password in PASSWORDS.items():
            assert name == own or server.outside("select 1", role, password).returncode == 2

    def test_another_password_is_taken_at_the_next_start(self, server):
        server.give_rights(app="it's; another", exporter="x'y", backup='"z')
        assert server.outside("select 1", "app", "it's; another").returncode == 0
        assert server.outside("select 1", "stagecoach_exporter", "x'y").returncode == 0
        assert server.outside("select 1", "stagecoach_backup", '"z').returncode == 0
        server.give_rights()
        assert server.outside("select 1", "app", "it's; another").returncode == 2


class TestExporter:
    def test_sees_statistics_and_no_rows(self, moved):
        seen = "select count(*) > 0 from pg_stat_activity where query <> '<insufficient privilege>'"
        assert moved.outside(seen, "stagecoach_exporter").stdout == "t\n"
        assert moved.outside("select count(*) > 0 from pg_ls_waldir()", "stagecoach_exporter").stdout == "t\n"
        assert "permission denied" in moved.outside("select * from orders", "stagecoach_exporter").stderr


class TestBackup:
    def test_has_everything(self, moved, tmp_path):
        """Hidden rows, large objects, what other roles own: the dump of a superuser, line by line."""
        done = moved.backup(tmp_path, "app", PGUSER="stagecoach_backup", PGPASSWORD=PASSWORDS["backup"])
        assert done.returncode == 0, done.stderr
        (made,) = tmp_path.iterdir()
        everything = tmp_path / "everything.dump"
        environment = {**moved.environment, "PGHOST": str(moved.folder), "PGUSER": "postgres"}
        run = partial(subprocess.run, env=environment, check=True, capture_output=True, text=True, timeout=patience(60))
        run([program("pg_dump"), "--format=custom", f"--file={everything}", "app"])
        ours, theirs = (run([program("pg_restore"), "-f-", path]).stdout for path in (made, everything))
        # Passwords of other servers are not for a dump.
        theirs = re.sub(r" OPTIONS \(\n    password [^)]*\)", "", theirs)
        random = re.compile(r"^\\(un)?restrict .*$|^-- Started on .*$|^-- Completed on .*$", re.MULTILINE)
        assert random.sub("", ours) == random.sub("", theirs)
        assert b"large object's text".hex() in ours
        moved.inside("create database copy")
        run([program("pg_restore"), "--exit-on-error", "-d", "copy", made])

    @pytest.mark.parametrize("statement", ["delete from orders", "create table x (id int)", "drop table orders"])
    def test_may_not_write(self, moved, statement):
        done = moved.outside(f"begin read write; {statement}; commit", "stagecoach_backup")
        assert re.search("permission denied|must be owner", done.stderr)


class TestPasswordsInLogs:
    LOGS = ("log_statement=all", "log_min_duration_statement=0", "debug_print_parse=on", "log_error_verbosity=verbose")

    def test_none(self):
        """Not where the statement fails, either: passwordcheck refuses what is short."""
        options = [word for one in (*self.LOGS, "shared_preload_libraries=passwordcheck") for word in ("-c", one)]
        with postgres_server(PLAN, superuser="postgres", options=options) as server:
            server.sql("create database app")
            server.give_rights()
            short = {f"{name.upper()}_PASSWORD": f"{name[:3]}-9" for name in PASSWORDS}
            command = ["sh", str(FOLDER / "postgres_start" / "start.sh")]
            environment = {**server.environment, **short, "PGHOST": str(server.folder)}
            child = subprocess.Popen(
                command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
            )
            log = server.folder / "log"
            try:
                wait(lambda: "password is too short" in log.read_text(), log.read_text)
            finally:
                os.killpg(child.pid, signal.SIGKILL)
            said = child.communicate(timeout=patience(30))[1]
            text = log.read_text() + said
        assert "too short" in said
        assert [value for value in (*PASSWORDS.values(), *short.values()) if value in text] == []
