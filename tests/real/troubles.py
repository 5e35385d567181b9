"""Conditions that alerts wait for, made true for the length of a block."""

import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

from tests.browser import Browser
from tests.real import programs
from tests.real.shop import REPOSITORY
from tests.waiting import patience

_FILLER = "filler"  # a file, or a key
_PYTHON_BYTES = 9 << 20  # what the interpreter itself takes
# Rows of /proc/meminfo that are memory left: all page cache, or what of it was not used lately.
KERNEL, KUBELET = ("MemAvailable",), ("MemFree", "Inactive(file)")


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
    return server_runs(shop, programs.BURN)


def full_memory(shop, *targets):
    """So many percent are left by a count; of several pairs, by the one that says so first."""
    return server_runs(shop, programs.FILL.format(targets=targets))


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
    with full_disk(shop, left) as path, server_runs(shop, programs.GROW.format(path=path)):
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
    return _runs(shop, "celery-worker", "worker", programs.CONNECT.format(count=count))


def busy_worker(shop):
    """A worker that computes."""
    return _runs(shop, "celery-worker", "worker", programs.BURN_UNTIL_CLOSED)


def failing_tasks(shop):
    """Five a second that raise."""
    return _runs(shop, "celery-worker", "worker", programs.FAIL_UNTIL_CLOSED)


def full_container(shop, workload, name, percent):
    """So much of its memory limit is in use."""
    selector = f'namespace="app",container="{name}"'
    [[_, used]] = shop.query(f"max(container_memory_working_set_bytes{{{selector}}})")
    [[_, limit]] = shop.query(f"max(container_spec_memory_limit_bytes{{{selector}}})")
    size = int(limit * percent / 100 - used) - _PYTHON_BYTES
    return _runs(shop, workload, name, programs.KEEP.format(size=size))


@contextmanager
def read_only_broker(shop):
    """Its folder takes no new file, so that it can't write its append-only file again."""
    redis = ("exec", "-n", "app", "redis-broker-0", "-c", "redis", "--")
    folder = f"{shop.redis('redis-broker', 'config', 'get', 'dir').split()[-1]}/appendonlydir"
    shop.kubectl(*redis, "chmod", "500", folder)
    shop.redis("redis-broker", "bgrewriteaof")
    try:
        yield
    finally:
        shop.kubectl(*redis, "chmod", "700", folder)
        shop.redis("redis-broker", "bgrewriteaof")


def slow_database(shop):
    """Whoever reads products waits for up to three seconds."""
    return again_and_again(lambda: shop.sql("begin; lock table catalog_product; select pg_sleep(3); commit"))


def queue_tasks(shop, count):
    """Mails that wait for a worker."""
    code = programs.SEND.format(count=count)
    shop.kubectl("exec", "-n", "app", "deployment/celery-beat", "-c", "beat", "--", "python", "-c", code)


def customers(shop):
    """They look at a product."""
    browser = Browser(shop.url)
    return again_and_again(lambda: browser.status("/products/silver-ring/"))


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
        assert one.wait(timeout=patience(600)) == 0, one.stderr.read()


@contextmanager
def again_and_again(act):
    """Beside the block, with pauses of half a second."""
    enough = threading.Event()

    def loop():
        while not enough.wait(0.5):
            act()

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield
    finally:
        enough.set()
        thread.join()


@contextmanager
def _runs(shop, workload, container, code):
    """A Python program in a container, until it is told that its input ends; it says `open` first."""
    program, kubeconfig = Path(sys.executable).with_name("kubectl"), f"--kubeconfig={shop.lab.root / 'kubeconfig'}"
    target = ["exec", "-i", "-n", "app", f"deployment/{workload}", "-c", container, "--", "python", "-c", code]
    command = [str(program), kubeconfig, *target]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == "open\n"
        try:
            yield
        finally:
            child.stdin.close()
