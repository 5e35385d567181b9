"""A real PgBouncer before a real Postgres."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg

from infra.components.pgbouncer import PORT, render_config, render_users
from infra.components.postgres import DATABASE, USER
from tests.servers import free_port
from tests.servers.postgres_server import NOBODY
from tests.waiting import patience, wait

PASSWORD = "generated-password"
_HOST = f"host=postgres.app.svc.cluster.local port={PORT}"


class PgBouncerServer:
    """The rendered config with this machine's addresses and paths in it."""

    def __init__(self, plan, folder, postgres_port):
        self.port = free_port()
        config = render_config(plan)
        for old, new in (
            (_HOST, f"host=127.0.0.1 port={postgres_port}"),
            ("listen_addr = 0.0.0.0", "listen_addr = 127.0.0.1"),
            (f"listen_port = {PORT}", f"listen_port = {self.port}"),
            ("/config/", f"{folder}/"),
        ):
            assert old in config, old
            config = config.replace(old, new)
        (folder / "pgbouncer.ini").write_text(config)
        (folder / "userlist.txt").write_text(render_users(PASSWORD))
        found = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
        assert found, "pgbouncer is missing: make programs"
        as_user = []
        if os.geteuid() == 0:  # it refuses to run as root
            as_user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
            folder.chmod(0o755)
        self.log = folder / "log"
        with self.log.open("w") as log:
            command = [*as_user, found, str(folder / "pgbouncer.ini")]
            self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._wait()

    def _wait(self):
        def answers():
            assert self.child.poll() is None, self.log.read_text()
            self.connect().close()
            return True

        wait(answers, self.log.read_text, away=psycopg.OperationalError)

    def connect(self, password=PASSWORD):
        """A client as the app is one: no prepared statements."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=USER,
            password=password,
            dbname=DATABASE,
            prepare_threshold=None,
            connect_timeout=10,
        )

    def stop(self):
        self.child.terminate()
        self.child.wait(timeout=patience(30))


@contextmanager
def pgbouncer_server(plan, postgres_port):
    """A server that ends with the block."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        server = PgBouncerServer(plan, Path(folder), postgres_port)
        try:
            yield server
        finally:
            server.stop()
