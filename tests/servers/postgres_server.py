"""A real Postgres."""

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from infra.components.postgres import server_arguments, start_files
from pod import FOLDER
from tests.servers import free_port
from tests.waiting import patience, wait

NOBODY = "65534"  # Postgres refuses to run as root
PASSWORDS = {"app": "first-word-9", "exporter": "second-word-9", "backup": "third-word-9"}


def program(name):
    """Beside the server itself: what Debian puts on PATH is a wrapper that looks for clusters of its own."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    found = shutil.which("postgres") or (versions and versions[-1])
    assert found, "postgres is missing: make programs"
    return str(Path(found).resolve().with_name(name))


class PostgresServer:
    """Postgres with a stage's settings in a folder of its own."""

    def __init__(self, plan, folder, password=None, *, superuser="app", options=()):
        self.as_user = []
        if os.geteuid() == 0:
            self.as_user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
            os.chown(folder, int(NOBODY), int(NOBODY))
        self.plan, self.folder, self.port = plan, folder, free_port()
        login = ["-A", "trust"]
        if password:  # as the official image sets it up
            (folder / "password").write_text(password)
            login = ["-A", "scram-sha-256", "--pwfile", str(folder / "password")]
        self.options = options
        self._run("initdb", "-D", str(folder / "data"), "-U", superuser, *login, "--data-checksums", cwd=folder)
        self.environment = {**os.environ, "PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": superuser}
        self.environment |= {"PGPASSWORD": password} if password else {}
        self.environment["PATH"] = f"{Path(program('pg_dump')).parent}:{os.environ['PATH']}"
        self.start()

    def start(self):
        data, folder = self.folder / "data", self.folder
        command = [*self.as_user, program("postgres"), "-D", str(data), "-p", str(self.port), "-k", str(folder)]
        with (folder / "log").open("a") as log:
            self.child = subprocess.Popen(
                [*command, *server_arguments(self.plan), *self.options], cwd=folder, stdout=log, stderr=log
            )
        ready = [program("pg_isready"), "-q", "-h", str(folder), "-p", str(self.port)]
        wait(lambda: subprocess.run(ready, check=False).returncode == 0, (folder / "log").read_text)

    def _run(self, name, *arguments, cwd):
        subprocess.run(
            [*self.as_user, program(name), *arguments], check=True, capture_output=True, timeout=patience(120), cwd=cwd
        )

    def sql(self, text, database="postgres"):
        command = [program("psql"), "-XAtc", text, "-d", database]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    def inside(self, text, user="postgres", database="app"):
        """By the socket, as somebody in the server's own container."""
        return self._psql(text, database, {"PGHOST": str(self.folder), "PGUSER": user})

    def outside(self, text, user="app", password=None, database="app"):
        """By TCP, as every pod and the exporter."""
        password = PASSWORDS[user.removeprefix("stagecoach_")] if password is None else password
        return self._psql(text, database, {"PGUSER": user, "PGPASSWORD": password})

    def _psql(self, text, database, variables):
        command = [program("psql"), "-XAtqc", text, "-d", database]
        environment = {**self.environment, **variables}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    def backup(self, folder, database, **variables):
        """The CronJob's script as the pod runs it."""
        values = {"PGDATABASE": database, "BACKUP_FOLDER": str(folder), "RETENTION_DAYS": "7", "AWAIT_SECONDS": "60"}
        command = ["sh", str(FOLDER / "backup.sh")]
        return subprocess.run(
            command,
            env={**self.environment, **values, **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=patience(60),
        )

    def give_rights(self, **passwords):
        """The pod's hook: inside, the socket trusts everybody."""
        values = {f"{name.upper()}_PASSWORD": value for name, value in (PASSWORDS | passwords).items()}
        environment = {**self.environment, **values, "PGHOST": str(self.folder)}
        command = ["sh", str(FOLDER / "postgres_start" / "start.sh")]
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=patience(60))

    def stop(self):
        """A fast shutdown: open sessions are ended."""
        self.child.send_signal(signal.SIGINT)
        self.child.wait(timeout=patience(30))

    def restart(self):
        self.stop()
        self.start()


@contextmanager
def postgres_server(plan, password=None, *, superuser="app", guarded=False, options=()):
    """A server that ends with the block; pytest's own folders are closed to the user that it runs as.

    `guarded`: with the stack's own rules of who may log in; by the socket in its folder everybody may.
    """
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        if guarded:
            (folder / "pg_hba.conf").write_text(start_files()["pg_hba.conf"])
            options = (*options, "-c", f"hba_file={folder}/pg_hba.conf")
        server = PostgresServer(plan, folder, password, superuser=superuser, options=options)
        try:
            yield server
        finally:
            server.stop()
