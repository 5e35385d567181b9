"""A real Redis."""

import shutil
import subprocess

import redis

from infra.components.redis import render_config
from infra.components.redis_users import ADMIN, RedisPasswords
from tests.servers import free_port
from tests.waiting import patience, wait

PASSWORD = "secret"
PASSWORDS = RedisPasswords(app=PASSWORD, exporter="of the exporter", admin="of the admin")


class RedisServer:
    """One redis-server on a folder; `kill` is a crash, `client` may do everything, `app` what the app may."""

    def __init__(self, plan, folder):
        folder.mkdir(exist_ok=True)
        self.config, self.port = folder / "redis.conf", free_port()
        self.config.write_text(render_config(plan, PASSWORDS).replace("dir /data", f"dir {folder}"))
        self.start()

    def start(self):
        program = shutil.which("redis-server")
        assert program, "redis-server is missing: make programs"
        command = [program, str(self.config), "--port", str(self.port), "--bind", "127.0.0.1"]
        self.child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        self.app = redis.Redis(port=self.port, password=PASSWORD)
        self.client = redis.Redis(port=self.port, username=ADMIN, password=PASSWORDS.admin)
        wait(self.answers, "redis")

    def answers(self):
        try:
            return self.app.ping()
        except redis.exceptions.ConnectionError:
            return False

    def kill(self):
        self.child.kill()
        self.child.wait(timeout=patience(10))
