"""A full broker, a full cache, a full data volume: orders go in, and all comes back by itself."""

import json
import secrets
from contextlib import contextmanager
from functools import partial

import pytest

from tests.real.troubles import again_and_again
from tests.waiting import PATIENCE, wait

pytestmark = pytest.mark.vps

MOUNT_POINT = "/var/lib/stagecoach"
# 50 values of 1 KiB at a time, until Redis refuses them; the answer that came most often.
FILL_BROKER = """
value=$(head -c 1024 /dev/zero | tr '\\0' x); words="rpush filler"
for _ in $(seq 50); do words="$words $value"; done
yes "$words" | head -n 3000 | redis-cli | sort | uniq -c | sort -n | tail -1
"""
FILL_CACHE = """
value=$(head -c 65536 /dev/zero | tr '\\0' x)
for number in $(seq 1500); do echo "set filler-$number $value"; done | redis-cli | sort | uniq -c
"""


def shell(shop, instance, script):
    """In the container of a Redis instance."""
    return shop.kubectl("exec", "-n", "app", f"{instance}-0", "-c", "redis", "--", "sh", "-c", script)


def statistic(shop, instance, name):
    lines = shop.redis(instance, "info", "stats").split()
    return int(next(line.partition(":")[2] for line in lines if line.startswith(f"{name}:")))


def alerts(shop, state):
    """Names of the alerts that are pending or firing."""
    return {one["labels"]["alertname"] for one in shop.alerts() if one["state"] == state}


class TestBroker:
    def test_full(self, shop, browser):
        """The order is stored and the customer told so; its mail goes out when there is room; nothing is evicted."""
        email = f"full-{secrets.token_hex(4)}@example.com"
        refused = "select count(*) from orders_order where not confirmation_queued"
        shop.redis("redis-broker", "set", "kept", "as it was")
        maximum = shop.redis("redis-broker", "config", "get", "maxmemory").split()[1]
        try:
            assert "OOM command not allowed" in shell(shop, "redis-broker", FILL_BROKER)
            # Buffers of connections come and go: without this there may be room for one more message at times.
            shop.redis("redis-broker", "config", "set", "maxmemory", str(int(maximum) * 9 // 10))
            assert "98.00 EUR" in browser.order(quantity=2, email=email)
            assert shop.sql(refused) == "1"
            wait(lambda: "RedisBrokerRefusesWrites" in alerts(shop, "firing"), "the alert", PATIENCE)
            assert shop.redis("redis-broker", "get", "kept") == "as it was"
            assert statistic(shop, "redis-broker", "evicted_keys") == 0
            assert shop.mails(email) == []
        finally:
            shop.redis("redis-broker", "config", "set", "maxmemory", maximum)
            shop.redis("redis-broker", "del", "filler", "kept")
        wait(lambda: shop.mails(email), "the mail", PATIENCE)
        assert shop.sql(refused) == "0"
        browser.order(email=f"after-{email}")
        wait(lambda: shop.mails(f"after-{email}"), "the next mail", PATIENCE)


class TestCache:
    def test_full(self, shop, browser):
        """It forgets its oldest keys and goes on; pages stay."""
        assert shell(shop, "redis-cache", FILL_CACHE).split() == ["1500", "OK"]
        assert statistic(shop, "redis-cache", "evicted_keys") > 0
        assert "Silver ring" in browser.get("/")
        assert "49.00 EUR" in browser.order(email="cache@example.com")
        shop.redis("redis-cache", "flushall")


class TestVolume:
    @contextmanager
    def filled(self, vps):
        """As anybody but root and the data services would: to the last block, and every one that is freed."""
        folder, said = f"{MOUNT_POINT}/filler", []
        done = vps.run("install", "-d", "-o", "nobody", folder)
        assert done.returncode == 0, done.stderr
        nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c")
        free = f"$(df --output=avail -B1M {MOUNT_POINT} | tail -1)"
        vps.run(*nobody, f"fallocate -l $(({free} - 50))M {folder}/a")
        try:
            # Redis and Postgres shorten their own logs: a file of one size would not stay the end of the room.
            with again_and_again(lambda: said.append(vps.run(*nobody, f"cat /dev/zero >>{folder}/b").stderr)):
                yield
        finally:
            vps.run("rm", "-rf", folder)
        assert said
        assert all("No space left on device" in one for one in said), said

    def images_have(self, shop):
        """Bytes left for images, as the kubelet sees them; by the same figures it evicts, every ten seconds."""
        [node] = shop.api.items("/api/v1/nodes")
        summary = shop.api.request("GET", f"/api/v1/nodes/{node['metadata']['name']}/proxy/stats/summary")
        return summary["node"]["runtime"]["imageFs"]["availableBytes"]

    def pressure(self, shop):
        [node] = shop.api.items("/api/v1/nodes")
        return {one["type"]: one["status"] for one in node["status"]["conditions"]}["DiskPressure"]

    def test_full(self, shop, vps, browser):
        """The data services have a reserve, the kubelet evicts nobody, the backup fails and says why."""
        before = {pod["metadata"]["uid"] for pod in shop.pods()}
        try:
            with self.filled(vps):
                self.full(shop, browser)
            assert before <= {pod["metadata"]["uid"] for pod in shop.pods()}
        finally:
            shop.sql("drop table if exists filler")
        assert "wrote /backups/app-" in self.backup(shop)
        browser.order(email="room@example.com")
        wait(lambda: shop.mails("room@example.com"), "the mail", PATIENCE)

    def full(self, shop, browser):
        left = partial(self.images_have, shop)
        wait(lambda: left() == 0, lambda: f"the kubelet's look: {left()} bytes left", PATIENCE)
        assert "98.00 EUR" in browser.order(quantity=2, email="volume@example.com")
        wait(lambda: shop.mails("volume@example.com"), "the mail", PATIENCE)
        # More than fits into what Postgres has allocated already.
        shop.sql("create table filler as select repeat(md5(n::text), 32) from generate_series(1, 100000) as n")
        shop.sql("checkpoint")
        assert "No space left on device" in self.backup(shop)
        # Prometheus has no reserve. It stores nothing, or now and then a block that the others left.
        blind = {"PrometheusNotIngestingSamples", "RuleFailing"}
        wait(lambda: blind & alerts(shop, "firing"), "the alert", PATIENCE)
        assert self.pressure(shop) == "False"

    def backup(self, shop):
        """The nightly job, now; what it says."""
        shop.kubectl("create", "job", "-n", "app", "--from=cronjob/postgres-backup", "backup-now")
        try:
            status = ("get", "job", "-n", "app", "backup-now", "-o", "json")

            def ended():
                found = json.loads(shop.kubectl(*status))["status"]
                return found.get("succeeded") or found.get("failed")

            wait(ended, "the backup", PATIENCE)
            return shop.kubectl("logs", "-n", "app", "-l", "batch.kubernetes.io/job-name=backup-now")
        finally:
            shop.kubectl("delete", "job", "-n", "app", "backup-now", "--wait")
