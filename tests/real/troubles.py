"""Conditions that alerts wait for, made true for the length of a block."""

import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

from tests.browser import Browser
from tests.real.shop import REPOSITORY

_FILLER = "filler"  # a file, or a key
# Rows of /proc/meminfo that are memory left: all page cache, or what of it was not used lately.
KERNEL, KUBELET = ("MemAvailable",), ("MemFree", "Inactive(file)")
_BURN = """
import os
for _ in range(os.cpu_count() - 1):
    if os.fork() == 0:
        break
while True:
    pass
"""
# The server's figures are two seconds old at most.  Pieces, so that some can be given back as others need room.
_FILL = """
import time
PIECE = 8 << 20
kept = []
while True:
    rows = dict(line.split(":") for line in open("/proc/meminfo"))
    total, *free = (int(rows[name].split()[0]) << 10 for name in ("MemTotal", *{free}))
    count = int(sum(free) - total * {left} / 100) // PIECE
    kept = kept + [b"x" * PIECE for _ in range(count)] if count > 0 else kept[: len(kept) + count]
    time.sleep(2.5)
"""
# Without autocommit the first statement opens a transaction, which stays open.
_CONNECT = """
import os, sys, psycopg
first = psycopg.connect(os.environ["DATABASE_URL"])
[[count]] = first.execute("select sum(numbackends) from pg_stat_database").fetchall()
kept = [psycopg.connect(os.environ["DATABASE_URL"]) for _ in range({count} - int(count))]
print("open", flush=True)
sys.stdin.read()
"""


_BURN_UNTIL_CLOSED = """
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0))).start()
while True:
    pass
"""
_GROW = """
import os, time
file, size = os.open("{path}", os.O_RDWR), os.path.getsize("{path}")
while True:
    size += 8 << 20
    os.posix_fallocate(file, 0, size)
    time.sleep(1)
"""
_SEND = """
from stagecoach_celery import app
values = {{"subject": "Waits", "message": "for a worker", "recipient": "waits@example.com"}}
for _ in range({count}):
    app.send_task("apps.notifications.tasks.send_email_task", kwargs=values)
"""


@contextmanager
def server_runs(shop, program):
    """A Python program on the server itself, which takes what others leave."""
    start = 'setsid nice -n 19 python3 -c "$1" >/dev/null 2>&1 & echo $!'
    session = shop.vps.run("sh", "-c", start, "sh", program).stdout.strip()
    try:
        yield
    finally:
        shop.vps.run("kill", "-KILL", "--", f"-{session}")


def busy_cpu(shop):
    """Every vCPU burns."""
    return server_runs(shop, _BURN)


def full_memory(shop, left, count):
    """So many percent are left by a count."""
    return server_runs(shop, _FILL.format(left=left, free=count))


@contextmanager
def full_disk(shop, left, folder="/root"):
    """So many percent of the file system are left."""
    size, free = map(int, shop.vps.run("stat", "-f", "-c", "%b %a", folder).stdout.split())
    block = int(shop.vps.run("stat", "-f", "-c", "%S", folder).stdout)
    path = f"{folder}/{_FILLER}"
    done = shop.vps.run("fallocate", "-l", str((free - size * left // 100) * block), path)
    assert done.returncode == 0, done.stderr
    try:
        yield path
    finally:
        shop.vps.run("rm", path)


@contextmanager
def growing_file(shop, left):
    """The root disk fills, from so many percent on."""
    with full_disk(shop, left) as path, server_runs(shop, _GROW.format(path=path)):
        yield


@contextmanager
def full_broker(shop, percent):
    """So much of its memory is taken; above 100 it has refused a write."""
    most = int(shop.redis("redis-broker", "config", "get", "maxmemory").split()[-1])
    used = int(shop.redis("redis-broker", "info", "memory").split("used_memory:")[1].split()[0])
    shop.redis("redis-broker", "setrange", _FILLER, str(most * percent // 100 - used), "x")
    try:
        if percent > 100:
            assert "OOM" in shop.redis("redis-broker", "set", "refused", "x")
        yield
    finally:
        shop.redis("redis-broker", "del", _FILLER)


def kill_for_memory(shop):
    """A process in a web pod takes a gigabyte."""
    shop.kubectl("exec", "-n", "app", "deployment/django", "--", "python", "-c", 'b"x" * (1 << 30)', check=False)


@contextmanager
def stopped_program(shop, name):
    """It holds its port and answers nobody."""
    done = shop.vps.run("pkill", "-STOP", "-x", name)
    assert done.returncode == 0, done.stderr
    try:
        yield
    finally:
        shop.vps.run("pkill", "-CONT", "-x", name)


def open_connections(shop, count):
    """So many in all, one of them idle in a transaction."""
    return _worker_runs(shop, _CONNECT.format(count=count))


def busy_worker(shop):
    """A worker that computes."""
    return _worker_runs(shop, f'print("open", flush=True)\n{_BURN_UNTIL_CLOSED}')


def queue_tasks(shop, count):
    """Mails that wait for a worker."""
    code = _SEND.format(count=count)
    shop.kubectl("exec", "-n", "app", "deployment/celery-beat", "-c", "beat", "--", "python", "-c", code)


@contextmanager
def customers(shop):
    """They look at a product, again and again."""
    browser, enough = Browser(shop.url), threading.Event()

    def look():
        while not enough.wait(0.5):
            browser.status("/products/silver-ring/")

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        enough.set()
        thread.join()


@contextmanager
def scaled(shop, workload, replicas):
    """Another number of pods than the plan's."""
    before = json.loads(shop.kubectl("get", "-n", "app", workload, "-o", "json"))["spec"]["replicas"]
    shop.kubectl("scale", "-n", "app", workload, f"--replicas={replicas}")
    try:
        yield
    finally:
        shop.kubectl("scale", "-n", "app", workload, f"--replicas={before}")


@contextmanager
def load(shop, count):
    """The guide's load test; workers end it."""
    kubeconfig = f"--kubeconfig={shop.lab.root / 'kubeconfig'}"
    command = [sys.executable, "-m", "infra", "loadtest", kubeconfig, "--count", str(count)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as one:
        yield
        assert one.wait(timeout=600) == 0, one.stderr.read()


@contextmanager
def _worker_runs(shop, code):
    """A Python program in the worker's container, until it is told that its input ends; it says `open` first."""
    program, kubeconfig = Path(sys.executable).with_name("kubectl"), f"--kubeconfig={shop.lab.root / 'kubeconfig'}"
    target = ["exec", "-i", "-n", "app", "deployment/celery-worker", "-c", "worker", "--", "python", "-c", code]
    command = [str(program), kubeconfig, *target]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == "open\n"
        try:
            yield
        finally:
            child.stdin.close()
