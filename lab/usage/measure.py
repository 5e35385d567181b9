"""The shop under the guide's load and customers at the same time: what containers request beside what they use."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from infra.names import CELERY_WORKER
from infra.operate.kubectl import Kubectl
from infra.operate.loadtest.pod import Load
from infra.operate.loadtest.result import LoadtestResult
from infra.operate.loadtest.run import run_loadtest
from lab.nodes.simulated.api import Api
from lab.usage.customers import Customers, Visits
from lab.usage.sampler import Sampler
from lab.usage.table import markdown, rows

TASK = "apps.notifications.tasks.send_email_task"
_WAIT_SECONDS = 900


def measure(kubeconfig: Path, outputs: Mapping[str, Any], *, tasks: int, customers: int) -> str:
    """One stage's section of the page, in Markdown: rates, waits, the table.

    Raises:
        RefusedError: the load test ended early.
    """
    api = Api(kubeconfig.read_text())
    nodes = [one["metadata"]["name"] for one in api.items("/api/v1/nodes")]
    worker = CELERY_WORKER if api.get(_deployment(CELERY_WORKER)) else f"{CELERY_WORKER}-fast"
    load = Load(count=tasks, task=TASK, queue="", recipient="test@example.com", seconds=_WAIT_SECONDS)
    with Sampler(api, nodes) as sampler, ThreadPoolExecutor(1) as pool:
        working = pool.submit(run_loadtest, Kubectl(kubeconfig), load, _quiet, worker)
        visits = Customers(str(outputs["url"]), count=customers, seconds=60).run()
        result = working.result()
    title = f"## Stage {outputs['stage']}: {outputs['provider']} {outputs['instance_type']}"
    found = markdown(rows(api.items("/api/v1/pods"), sampler.samples.used))
    return f"{title}\n\n{_tasks(result)}\n{_pages(visits, customers)}\n\n{found}"


def _deployment(name: str) -> str:
    return f"/apis/apps/v1/namespaces/app/deployments/{name}"


def _quiet(_progress: Mapping[str, int]) -> None:
    """The table is what is asked for."""


def _tasks(result: LoadtestResult) -> str:
    return (
        f"{result.done} of {result.queued} e-mail tasks of {result.run_mean * 1000:.0f} ms in {result.seconds:.0f} s: "
        f"{result.rate:.1f} per second, {result.failed} failed; wait p50 {result.wait_p50:.1f} s, p95 "
        f"{result.wait_p95:.1f} s."
    )


def _pages(visits: Visits, customers: int) -> str:
    said = f" ({visits.errors[0]} and others)" if visits.errors else ""
    return (
        f"{customers} customers at once saw {visits.pages} pages in {visits.seconds:.0f} s and placed {visits.orders} "
        f"orders: p50 {visits.p50 * 1000:.0f} ms, p95 {visits.p95 * 1000:.0f} ms, {len(visits.errors)} errors{said}."
    )
