"""Side by side on one server: the plan's shop, then the same shop by the tier guide's own table.

The guide is helped where it says nothing: no reservations for k3s and the system (k3s makes none), nothing for traefik
and the exporters, no quota; and when its worker finds no room, a web pod leaves for it.
"""

import base64
import contextlib
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import urllib3

from infra.names import K3S_CONFIG
from infra.operate.kubectl import Kubectl
from infra.operate.loadtest.pod import Load
from infra.operate.loadtest.run import run_loadtest
from infra.units import MIB
from lab.nodes.simulated.api import ApiError
from lab.usage.customers import Customers
from lab.usage.measure import TASK
from tests.browser import Browser
from tests.guide_table import TABLE, TRAEFIK, UNNAMED, patch, refused, resources
from tests.waiting import wait

SECONDS = 300
TASKS, CUSTOMERS, VISIT_SECONDS = 500, 6, 45


@dataclass(frozen=True, kw_only=True)
class Side:
    """One column: tasks per second, seconds, MiB."""

    tasks: float
    p95: float
    errors: int
    memory_left: float


def compare(shop):
    """Measures both and prints the table; the shop is the guide's afterwards."""
    plan = measure(shop)
    waiting, web = deploy_guide(shop)
    guide = measure(shop)
    for line in report(plan, guide, waiting, web):
        print(line, flush=True)


def report(plan, guide, waiting, web):
    """The table's lines; the ratio is the plan's figure by the guide's."""
    rows = (
        ("tasks per second", plan.tasks, guide.tasks, 1),
        ("HTTP p95, ms", plan.p95 * 1000, guide.p95 * 1000, 0),
        ("failed pages", plan.errors, guide.errors, 0),
        ("memory left on the server, MiB", plan.memory_left, guide.memory_left, 0),
    )
    yield f"{'real: the guide table on the same server':42} {'plan':>8} {'guide':>8} {'ratio':>6}"
    for what, ours, theirs, digits in rows:
        ratio = f"{ours / theirs:6.2f}" if theirs else f"{'-':>6}"
        yield f"  {what:40} {ours:8.{digits}f} {theirs:8.{digits}f} {ratio}"
    yield "  the guide's pods that find no room: " + ("; ".join(f"{k} ({v})" for k, v in waiting.items()) or "none")
    yield f"  measured with {web} of its 2 web pods" + (", or its worker would not run" if web < 2 else "")


def measure(shop):
    """The guide's load and customers at the same time; nothing is sold out, which would be a failed page."""
    shop.sql("update catalog_product set stock = 1000000")
    load = Load(count=TASKS, task=TASK, queue="", recipient="test@example.com", seconds=600)
    kubectl = Kubectl(shop.lab.root / "kubeconfig")
    with Memory(shop.api) as memory, ThreadPoolExecutor(1) as pool:
        working = pool.submit(run_loadtest, kubectl, load, lambda _progress: None)
        visits = Customers(shop.url, count=CUSTOMERS, seconds=VISIT_SECONDS).run()
        result = working.result()
    return Side(tasks=result.rate, p95=visits.p95, errors=len(visits.errors), memory_left=memory.least / MIB)


class Memory:
    """A context: the least that the kubelet saw available on the node, until it is left."""

    def __init__(self, api):
        [node] = api.items("/api/v1/nodes")
        self.api, self.path = api, f"/api/v1/nodes/{node['metadata']['name']}/proxy/stats/summary"
        self.least, self.stop = float("inf"), threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_error):
        self.stop.set()
        self.thread.join()

    def _watch(self):
        while True:
            with contextlib.suppress(ApiError, urllib3.exceptions.HTTPError):
                found = self.api.request("GET", self.path)["node"]["memory"]["availableBytes"]
                self.least = min(self.least, found)
            if self.stop.wait(3):
                return


def deploy_guide(shop):
    """From the plan's shop; what finds no room in the table's order, and how many web pods are measured."""
    free_the_server(shop)
    for row in TABLE:
        shop.kubectl("scale", "-n", row.namespace, f"{row.kind}/{row.workload}", "--replicas=0")
    shop.kubectl("scale", "-n", "app", "statefulset/redis-cache", "--replicas=0")
    wait(lambda: not {row.workload for row in TABLE} & names(shop), "no pod of the plan", SECONDS)
    one_redis(shop)
    # Only now: k3s has applied its own manifests after its restart, traefik's among them.
    for workload in (*UNNAMED, TRAEFIK):
        change(shop, workload, {})
        rolled_out(shop, *workload)
    for row in TABLE:
        change(shop, (row.kind, row.namespace, row.workload), {row.container: resources(row)})
        shop.kubectl("scale", "-n", row.namespace, f"{row.kind}/{row.workload}", f"--replicas={row.pods}")
        wait(lambda row=row: decided(shop, row), f"the scheduler's word on {row.workload}", SECONDS)
    waiting, web = refused(shop.pods()), 2
    if "celery-worker" in waiting:
        web = 1
        shop.kubectl("scale", "-n", "app", "deployment/django", f"--replicas={web}")
        wait(lambda: "celery-worker" not in refused(shop.pods()), "room for the worker", SECONDS)
    for workload in (
        "statefulset/postgres",
        "statefulset/redis-broker",
        "deployment/django",
        "deployment/celery-worker",
    ):
        shop.kubectl("rollout", "status", "-n", "app", workload, f"--timeout={SECONDS}s", timeout=SECONDS + 30)
    browser = Browser(shop.url)
    wait(lambda: browser.status("/") == 200, "the guide's shop", SECONDS)
    return waiting, web


def free_the_server(shop):
    """No reservations, no quota."""
    vps = shop.vps
    vps.run("sed", "-i", "/kube-reserved=/d; /system-reserved=/d; /eviction-hard=/d", K3S_CONFIG)
    vps.run("systemctl", "restart", "k3s")
    wait(lambda: node_cpu(shop) in ("2", "2000m"), "a server without reservations", SECONDS)
    shop.kubectl("delete", "-n", "app", "resourcequota,limitrange", "--all")


def rolled_out(shop, kind, namespace, name):
    """Every pod of it is ready."""
    command = ("rollout", "status", "-n", namespace, f"{kind}/{name}", f"--timeout={SECONDS}s")
    shop.kubectl(*command, timeout=SECONDS + 30)


def node_cpu(shop):
    """What pods may ask for; nothing while the API server starts."""
    try:
        [node] = shop.api.items("/api/v1/nodes")
    except (ApiError, urllib3.exceptions.HTTPError):
        return ""
    return node["status"]["allocatable"]["cpu"]


def one_redis(shop):
    """The cache's address becomes the broker's, in another of its databases."""
    for secret in json.loads(shop.kubectl("get", "secrets", "-n", "app", "-o", "json"))["items"]:
        data = secret.get("data", {})
        if "CACHE_URL" in data:
            broker = base64.b64decode(data["CELERY_BROKER_URL"]).decode()
            cache = base64.b64encode(f"{broker.rpartition('/')[0]}/5".encode()).decode()
            body = json.dumps({"data": {"CACHE_URL": cache}})
            shop.kubectl("patch", "secret", "-n", "app", secret["metadata"]["name"], "--type=merge", "-p", body)


def change(shop, workload, amounts):
    """Requests and limits of a workload's containers."""
    kind, namespace, name = workload
    found = json.loads(shop.kubectl("get", kind, "-n", namespace, name, "-o", "json"))
    body = json.dumps(patch(found["spec"]["template"], amounts))
    shop.kubectl("patch", kind, "-n", namespace, name, "--type=strategic", "-p", body)


def decided(shop, row):
    """Whether the scheduler has placed or refused every pod of a row."""
    pods = [pod for pod in shop.pods() if name_of(pod) == row.workload]
    looked = [one for pod in pods for one in pod["status"].get("conditions", []) if one["type"] == "PodScheduled"]
    return len(pods) == row.pods and len(looked) == row.pods


def names(shop):
    """Workloads that have pods."""
    return {name_of(pod) for pod in shop.pods()}


def name_of(pod):
    return pod["metadata"].get("labels", {}).get("app.kubernetes.io/name")
