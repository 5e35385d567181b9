"""Expressions that alert rules and dashboards share."""

from __future__ import annotations

import re
from collections.abc import Sequence

from infra.names import APP_NAMESPACE, DATA_MOUNT, DJANGO
from infra.sizing.plan import WorkerPlan, WorkloadPlan
from infra.units import Cpu

_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")  # RE2's
NODE_CPU = '100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])))'
NODE_STEAL = '100 * avg by (instance) (rate(node_cpu_seconds_total{mode="steal"}[15m]))'
NODE_MEMORY = "100 * (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)"
# What the kubelet compares with its eviction threshold: page cache that was used lately counts as taken (Kubernetes'
# "Node-pressure Eviction", memory.available).
_NOT_IN_WORKING_SET = "node_memory_MemFree_bytes + node_memory_Inactive_file_bytes"
NODE_WORKING_SET = f"100 * (1 - ({_NOT_IN_WORKING_SET}) / node_memory_MemTotal_bytes)"
_MOUNTS = f'mountpoint=~"/|{DATA_MOUNT}"'
DISK_AVAILABLE = f"node_filesystem_avail_bytes{{{_MOUNTS}}}"
DISK_FREE = f"100 * {DISK_AVAILABLE} / node_filesystem_size_bytes{{{_MOUNTS}}}"
INODES_FREE = f"100 * node_filesystem_files_free{{{_MOUNTS}}} / node_filesystem_files{{{_MOUNTS}}}"
# What waits for a process: in the broker, and in workers that have taken it from there (an ETA that is over).
_WAITING = '{__name__=~"celery_queue_length|celery_queue_prefetched"}'
QUEUE_LENGTH = f"sum by (queue_name) ({_WAITING})"
ALL_WAITING = f"sum({_WAITING})"
# A queue that is made for waiting: the guide's slow pool.  Everything else has a customer at the other end.
PATIENT_QUEUES = "slow|backups"
# Traefik names a service by namespace, Service and port.
SHOP_REQUESTS = f'traefik_service_requests_total{{service=~"{APP_NAMESPACE}-{DJANGO}-.*"}}'
SHOP_ERRORS = f'traefik_service_requests_total{{service=~"{APP_NAMESPACE}-{DJANGO}-.*",code=~"5.."}}'
SHOP_ERROR_PERCENT = f"100 * sum(rate({SHOP_ERRORS}[5m])) / sum(rate({SHOP_REQUESTS}[5m]))"
SHOP_DURATION = f'traefik_service_request_duration_seconds_bucket{{service=~"{APP_NAMESPACE}-{DJANGO}-.*"}}'
SHOP_P95 = f"histogram_quantile(0.95, sum by (le) (rate({SHOP_DURATION}[5m])))"


def certificate_left(domains: Sequence[str] = ()) -> str:
    """Seconds until the newest certificate of each name ends; without domains: of whatever name an issuer gave one for.

    The newest alone, and only of these names: traefik goes on to show a certificate that it has renewed until it starts
    again (cmd/traefik of v3.7.13: appendCertMetric), and keeps that of a name which the stack file no longer has.
    """
    chosen = _of_names(domains) if domains else 'cn!="TRAEFIK DEFAULT CERT"'
    return f"max by (sans) (traefik_tls_certs_not_after{{{chosen}}}) - time()"


def certificate_missing(domain: str) -> str:
    """1 while traefik runs without a certificate for the name: its own stand-in is not among its certificates."""
    there = f"traefik_tls_certs_not_after{{{_of_names([domain])}}}"
    return f'label_replace(absent({there}), "domain", "{domain}", "", "") and on () (max(up{{job="traefik"}}) == 1)'


def _of_names(domains: Sequence[str]) -> str:
    names = "|".join(one.replace(".", "[.]") for one in domains)
    return f'sans=~"(.+,)?({names})(,.+)?"'


def pods(workload: WorkloadPlan) -> str:
    """A regular expression of the workload's pods: one pool's name may be the start of another's."""
    suffix = {"StatefulSet": "[0-9]+", "DaemonSet": "[^-]+"}.get(workload.kind, "[^-]+-[^-]+")
    return f"{workload.name}-{suffix}"


def container_selector(workload: WorkloadPlan) -> str:
    """Label matchers of the workload's first container."""
    name = workload.containers[0].name
    return f'namespace="{workload.namespace}",pod=~"{pods(workload)}",container="{name}"'


def running_pods(workload: WorkloadPlan) -> str:
    """How many pods of a workload run; cAdvisor shows no container that has ended."""
    return f"count(count by (pod) (container_memory_working_set_bytes{{{container_selector(workload)}}}))"


def cores(cpu: Cpu) -> str:
    """A literal in cores: cAdvisor has no requests (domain 6.3)."""
    return f"{cpu.millicores / 1000:g}"


def cpu_of_request(workload: WorkloadPlan) -> str:
    """Percent of the CPU request that the workload's pods use together."""
    series = f"container_cpu_usage_seconds_total{{{container_selector(workload)}}}"
    request = cores(workload.containers[0].requests.cpu)
    return f"100 * sum(rate({series}[5m])) / ({request} * count(count by (pod) ({series})))"


def cpu_of_limit(workload: WorkloadPlan) -> str:
    """Percent of its CPU limit that each pod uses."""
    selector = container_selector(workload)
    used = f"sum by (namespace,pod) (rate(container_cpu_usage_seconds_total{{{selector}}}[5m]))"
    limit = f"container_spec_cpu_quota{{{selector}}} / container_spec_cpu_period{{{selector}}}"
    return f"100 * {used} / on (namespace,pod) sum by (namespace,pod) ({limit})"


def memory_of_limit() -> str:
    """Percent of its memory limit that each container of the shop uses; Postgres has a measure of its own."""
    inside, by = f'namespace="{APP_NAMESPACE}",container!="postgres"', "by (namespace,pod,container)"
    used = f"max {by} (container_memory_working_set_bytes{{{inside}}})"
    return f"100 * {used} / on (namespace,pod,container) max {by} (container_spec_memory_limit_bytes{{{inside}}} > 0)"


def postgres_memory() -> str:
    """Percent of its limit; the working set counts active page cache, which a healthy Postgres fills (domain 5.1)."""
    inside, by = f'namespace="{APP_NAMESPACE}",container="postgres"', "by (namespace,pod,container)"
    used = f"max {by} (container_memory_rss{{{inside}}} + container_memory_mapped_file{{{inside}}})"
    return f"100 * {used} / on (namespace,pod,container) max {by} (container_spec_memory_limit_bytes{{{inside}}} > 0)"


def pool_queues(worker: WorkerPlan) -> str:
    """A regular expression of a pool's queues, as it stands between double quotes."""
    return "|".join(map(literal, worker.queues))


def literal(text: str) -> str:
    """A regular expression that the text alone matches, as it stands between double quotes."""
    expression = _SPECIAL.sub(r"\\\g<0>", text)
    return expression.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def queue_wait(matcher: str = "") -> str:
    """Seconds that the slowest twentieth of the started tasks waited, by queue."""
    series = f"celery_task_queue_wait_time_bucket{{{matcher}}}" if matcher else "celery_task_queue_wait_time_bucket"
    return f"histogram_quantile(0.95, sum by (le,queue_name) (rate({series}[5m])))"
