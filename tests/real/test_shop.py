"""The shop really runs: an order, its e-mail, its metrics, and what all of it uses under the guide's load."""

import json
import re

import pytest

from lab.nodes.real.vps.commands import run
from lab.usage.sampler import Sampler
from lab.usage.table import markdown, rows
from tests.browser import Browser
from tests.waiting import wait

pytestmark = pytest.mark.vps


class TestOrder:
    def test_is_stored_cached_and_mailed(self, shop, browser):
        """Through the address that `make url` prints, the ingress, the service, Postgres, both Redis, the worker."""
        assert "98.00 EUR" in browser.order(quantity=2, email="order@example.com")
        assert shop.sql("select quantity, email from orders_order where email = 'order@example.com'") == (
            "2|order@example.com"
        )
        assert "Silver ring" in browser.get("/")
        assert int(shop.redis("redis-cache", "dbsize")) > 0, "the list of products is cached"
        [mail] = wait(lambda: shop.mails("order@example.com"), "the mail")
        assert "2 x Silver ring, 98.00 EUR" in mail.get_payload()

    def test_an_unknown_page(self, shop):
        assert Browser(shop.url).status("/products/nothing/") == 404


class TestCustomers:
    def test_two_have_two_addresses_in_djangos_log(self, shop, browser):
        """They come over the lab's network: through this machine's loopback everybody is 100.64.0.1."""
        network, to = shop.vps.network, shop.vps.links.arriving(shop.vps.record)
        customers = ("100.64.0.251", "100.64.0.252")
        for one in customers:
            run("ip", "-n", network.name, "address", "replace", f"{one}/24", "dev", "public")
            asked = [
                "curl",
                "-sf",
                "-o",
                "/dev/null",
                "--interface",
                one,
                f"http://{to}/products/silver-ring/?from={one}",
            ]
            run("nsenter", f"--net={network.path}", "--", *asked)
        for one in customers:
            line = f'{one} - - .*"GET /products/silver-ring/[?]from={one} '
            assert wait(lambda line=line: re.search(line, shop.log("django")), f"{one} in Django's log")


class TestPods:
    def test_every_container_runs_by_itself(self, shop):
        """None was restarted on the way up, none waits for room."""
        pods = shop.pods()
        assert len(pods) > 15
        phases = {pod["metadata"]["name"]: pod["status"]["phase"] for pod in pods}
        assert {name: phase for name, phase in phases.items() if phase not in ("Running", "Succeeded")} == {}

    def test_the_web_pods_start_without_an_error(self, shop):
        """Under any user, on a read-only file system."""
        log = shop.log("django")
        assert "Listening at" in log
        # What comes later may be another test's: here it is about what gunicorn writes where it may not.
        assert "Control server error" not in log
        assert "Read-only file system" not in log

    def test_the_node_is_as_large_as_its_type(self, shop):
        """2 vCPU and 4096 MiB, less what the system keeps and the plan's reservations."""
        [node] = shop.api.items("/api/v1/nodes")
        assert node["status"]["capacity"]["cpu"] == "2"
        assert node["status"]["allocatable"]["cpu"] == "1700m"
        assert "stagecoach.dev/simulated" not in node["metadata"]["labels"]


class TestMetrics:
    def test_every_exporter_arrives(self, shop):
        """One series of each that only it has."""
        for name in (
            "pg_up",
            "redis_up",
            "node_memory_MemAvailable_bytes",
            "container_memory_working_set_bytes",
            "celery_queue_length",
            "traefik_service_requests_total",
            "alertmanager_build_info",
            "stagecoach_patches_applied_seconds",
        ):
            assert wait(lambda name=name: shop.query(name), name, seconds=120)
        down = wait(lambda: shop.query("up") and [[one[0] for one in shop.query("up == 0")]], "targets", seconds=120)
        assert down == [[]]


class TestLoad:
    def test_the_guides_load(self, shop):
        """1000 mails, all sent; nothing is above its limit, nothing restarts.  The rate is in `make bench`."""
        before = {pod["metadata"]["name"]: _restarts(pod) for pod in shop.pods()}
        mails = len(shop.mails("test@example.com"))
        [node] = [one["metadata"]["name"] for one in shop.api.items("/api/v1/nodes")]
        with Sampler(shop.api, [node]) as sampler:
            made = shop.loadtest("--count", "1000")
        assert (made["done"], made["failed"]) == (1000, 0)
        assert len(shop.mails("test@example.com")) == mails + 1000
        found = rows(shop.pods(), sampler.samples.used)
        print(json.dumps({key: made[key] for key in ("tasks_per_second", "wait_p50", "wait_p95", "wait_max")}))
        print(markdown(found))
        assert {f"{one.workload} {one.container}" for one in found if one.verdict == "above its limit"} == set()
        after = {pod["metadata"]["name"]: _restarts(pod) for pod in shop.pods()}
        assert {name: count for name, count in after.items() if name in before and count != before[name]} == {}


def _restarts(pod):
    return sum(one["restartCount"] for one in pod["status"].get("containerStatuses", []))
