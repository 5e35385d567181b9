"""A running database gets its new rights when Postgres starts, and is never closed to the app on the way."""

import os
import signal
import stat
import subprocess
import sys

import pytest

from infra.components.postgres import start_files
from pod import FOLDER
from tests.servers.old_postgres import LEFT, fill, is_superuser, old_server, works
from tests.servers.postgres_server import PASSWORDS, program
from tests.waiting import patience

pytestmark = pytest.mark.postgres

# What the release before ran at every start.
OLD_START = "\\getenv password APP_PASSWORD\nALTER ROLE CURRENT_USER PASSWORD :'password';\n"
FUNCTION = "create function g() returns int language sql as 'select 1'"


@pytest.fixture(scope="module")
def moved():
    """As the release before made it, after this release's start."""
    with old_server() as server:
        fill(server)
        server.give_rights()
        yield server


class TestMove:
    def test_nothing_of_the_superusers_is_left(self, moved):
        """But what an event trigger calls: it runs as whoever changes the database."""
        assert moved.inside(LEFT).stdout == "function on_change()\n"
        assert moved.inside(LEFT, database="an other").stdout == ""

    def test_the_shop_goes_on(self, moved):
        works(moved)

    @pytest.mark.parametrize(
        ("query", "answer"),
        [
            ("select whoami()", "app"),  # security definer
            ("select count(*) from hidden", "1"),  # forced row level security
            ("select count(*) from theirs.t", "0"),
            ("select count(*) from of_anna", "0"),  # another superuser's
            ("select has_table_privilege('pg_stat_statements', 'select')", "t"),  # of an extension
            ("show work_mem", "3MB"),
            ("show search_path", "public, more"),
            ("select convert_from(lo_get(7), 'utf8')", "large object's text"),
            ("select pg_has_role('Od d', 'app', 'member'), pg_has_role('Od d', 'postgres', 'member')", "t|f"),
            ("select umoptions::text from pg_user_mappings where usename = 'app'", "{user=x,password=it's}"),
            ("select polroles::regrole[] from pg_policy", "{app}"),
            ("create table later (id int); select has_table_privilege('reporting', 'later', 'select')", "t"),
            (f"{FUNCTION}; select has_function_privilege('reporting', 'g()', 'execute')", "f"),
        ],
    )
    def test_what_the_role_had_it_has(self, moved, query, answer):
        done = moved.outside(f"begin; {query}; rollback")
        assert done.stdout == f"{answer}\n", done.stderr

    def test_a_role_that_is_called_postgres_makes_way(self, moved):
        """It keeps what it is, under another name."""
        assert (
            moved.inside(
                "select rolname ~ '^postgres_[0-9]+$', rolsuper from pg_roles where rolname ~ '^postgres_'"
            ).stdout
            == "t|f\n"
        )
        assert moved.inside("select oid from pg_roles where rolname = 'postgres'").stdout == "10\n"

    def test_a_second_start_changes_nothing(self, moved):
        """A person's table, made with full rights, stays theirs."""
        assert moved.inside("create table of_a_person (id int)").returncode == 0
        moved.give_rights()
        assert "of_a_person" in moved.inside(LEFT).stdout
        assert moved.inside("drop table of_a_person").returncode == 0

    def test_the_release_before_can_come_back(self, moved):
        """Its start script and its exporter log in as `app`; so does its backup."""
        command = [program("psql"), "-qX", "-v", "ON_ERROR_STOP=1", "-d", "app"]
        environment = {**moved.environment, "PGHOST": str(moved.folder), "PGUSER": "app", "APP_PASSWORD": "came-back"}
        subprocess.run(command, input=OLD_START, env=environment, text=True, check=True, timeout=patience(60))
        assert moved.outside("select 1", "app", "came-back").returncode == 0
        moved.give_rights()
        works(moved)


# In psql's place: hands on so many statements, and then kills the script with everything that it has started.
PSQL = f"""#!{sys.executable}
import os, pathlib, re, signal, subprocess, sys
words = sys.argv[1:]
files = [words[place + 1] for place, word in enumerate(words) if word == "-f"]
given = "".join(pathlib.Path(one).read_text() for one in files) or words[words.index("-c") + 1] + ";"
found = [one.end() for one in re.finditer(r"(;|\\\\gexec|\\\\gset)$", given, re.MULTILINE)]
ends = [0] + [end for end in found if given[:end].count("$$") % 2 == 0]
left = pathlib.Path(os.environ["STATEMENTS"])
budget = int(left.read_text())
left.write_text(str(budget - len(ends)))
if budget < len(ends):
    if files:
        end = f"\\n\\\\! kill -9 -{{os.getpgrp()}}\\n"
        rest = [word for word in words if word != "-f" and word not in files]
        subprocess.run([os.environ["PSQL"], *rest, "-f", "-"], input=given[: ends[budget]] + end, text=True)
    os.killpg(0, signal.SIGKILL)
os.execv(os.environ["PSQL"], [os.environ["PSQL"], *words])
"""


class TestKilled:
    def start_until(self, server, folder, statements):
        """True if it was killed: after so many statements, within a transaction or between two."""
        (folder / "psql").write_text(PSQL)
        (folder / "psql").chmod(stat.S_IRWXU)
        (folder / "statements").write_text(str(statements))
        environment = {
            **server.environment,
            **{f"{name.upper()}_PASSWORD": value for name, value in PASSWORDS.items()},
            "PGHOST": str(server.folder),
            "STATEMENTS": str(folder / "statements"),
            "PSQL": program("psql"),
            "PATH": f"{folder}:{os.environ['PATH']}",
        }
        command = ["sh", str(FOLDER / "postgres_start" / "start.sh")]
        done = subprocess.run(
            command, env=environment, check=False, capture_output=True, timeout=patience(60), start_new_session=True
        )
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        return done.returncode != 0

    def test_at_any_statement_the_shop_goes_on(self, tmp_path):
        """Every start goes one statement further than the one before, in whatever state that left."""
        with old_server() as server:
            fill(server)
            works(server)
            states, statements = [], 0
            while self.start_until(server, tmp_path, statements):
                works(server)
                states.append(is_superuser(server))
                statements += 1
            assert statements > 30
            assert states == sorted(states, reverse=True), "no way back to the old rights"
            assert not is_superuser(server)
            assert set(states) == {True, False}, "killed before and after the change"
            works(server)
            assert server.inside(LEFT).stdout == "function on_change()\n"

    def test_the_server_is_killed_in_the_middle(self, tmp_path):
        """The transaction that gives the objects away is open: nothing of it stays."""
        with old_server() as server:
            fill(server)
            rename = start_files()["objects.sql"] + start_files()["rename.sql"]
            command = [program("psql"), "-qX", "-d", "app"]
            environment = {**server.environment, "PGHOST": str(server.folder), "PGUSER": "app"}
            child = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            child.stdin.write(f"begin;\n{rename}\n\\echo done\n")
            child.stdin.flush()
            assert "done\n" in iter(child.stdout.readline, "")
            server.child.send_signal(signal.SIGQUIT)
            server.child.wait(timeout=patience(30))
            child.communicate(timeout=patience(30))
            server.start()
            assert is_superuser(server)
            works(server)
            server.give_rights()
            assert not is_superuser(server)
            works(server)


class TestObjectsThatStay:
    def test_the_database_opens_all_the_same(self):
        """An app with too many rights is better than none: the log says so, and the next start tries again."""
        refuses = """
            create function refuse() returns event_trigger language plpgsql as $$ begin raise 'frozen'; end $$;
            create event trigger refuse on ddl_command_start when tag in ('ALTER TABLE') execute function refuse()
        """
        with old_server() as server:
            fill(server)
            assert server.inside(refuses, "app").returncode == 0
            server.give_rights()
            assert is_superuser(server)
            assert "stagecoach: app is still a superuser" in (server.folder / "log").read_text()
            assert server.outside("select count(*) from orders").returncode == 0
            for role in ("stagecoach_exporter", "stagecoach_backup"):
                assert server.outside("select 1", role).returncode == 0
            assert server.inside("drop event trigger refuse", "app").returncode == 0
            server.give_rights()
            assert not is_superuser(server)
            works(server)
