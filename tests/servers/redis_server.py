"""A real Redis."""

import shutil
import subprocess

import redis

from infra.components.redis import render_config
from tests.servers import free_port
from tests.waiting import patience, wait

PASSWORD = "secret"


class RedisServer:
    """One redis-server on a folder; `kill` is a crash."""

    def __init__(self, plan, folder):
        folder.mkdir(exist_ok=True)
        self.config, self.port = folder / "redis.conf", free_port()
        self.config.write_text(render_config(plan, PASSWORD).replace("dir /data", f"dir {folder}"))
        self.start()

    def start(self):
        program = shutil.which("redis-server")
        assert program, "redis-server is missing: make programs"
        command = [program, str(self.config), "--port", str(self.port), "--bind", "127.0.0.1"]
        self.child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        self.client = redis.Redis(port=self.port, password=PASSWORD)
        wait(self.answers, "redis")

    def answers(self):
        try:
            return self.client.ping()
        except redis.exceptions.ConnectionError:
            return False

    def kill(self):
        self.child.kill()
        self.child.wait(timeout=patience(10))
