"""Conditions that alerts wait for, made true for the length of a block."""

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from tests.real.shop import REPOSITORY

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
    total, available = (int(rows[name].split()[0]) << 10 for name in ("MemTotal", "MemAvailable"))
    count = int(available - total * {left} / 100) // PIECE
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


def full_memory(shop, left):
    """So many percent are left available; the kubelet evicts pods some 150 MiB earlier than at none, by its own count.

    It counts page cache that was used lately as taken.
    """
    return server_runs(shop, _FILL.format(left=left))


@contextmanager
def full_disk(shop, left, folder="/root"):
    """So many percent of the file system are left."""
    size, free = map(int, shop.vps.run("stat", "-f", "-c", "%b %a", folder).stdout.split())
    block = int(shop.vps.run("stat", "-f", "-c", "%S", folder).stdout)
    path = f"{folder}/filler"
    done = shop.vps.run("fallocate", "-l", str((free - size * left // 100) * block), path)
    assert done.returncode == 0, done.stderr
    try:
        yield
    finally:
        shop.vps.run("rm", path)


@contextmanager
def open_connections(shop, count):
    """So many in all, one of them idle in a transaction."""
    command = _exec(shop, "deployment/celery-worker", "worker", "python", "-c", _CONNECT.format(count=count))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == "open\n"
        try:
            yield
        finally:
            child.stdin.close()


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


def _exec(shop, target, container, *command):
    program = str(Path(sys.executable).with_name("kubectl"))
    kubeconfig = f"--kubeconfig={shop.lab.root / 'kubeconfig'}"
    return [program, kubeconfig, "exec", "-i", "-n", "app", target, "-c", container, "--", *command]
