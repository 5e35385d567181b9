"""Define expressions that alert rules and dashboards share."""

from __future__ import annotations

import re
from collections.abc import Sequence

from infra.names import APP_NAMESPACE, DATA_MOUNT, DJANGO
from infra.sizing.plan import WorkerPlan, WorkloadPlan
from infra.units import Cpu

_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")  # RE2's special characters
NODE_CPU = '100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])))'
NODE_STEAL = '100 * avg by (instance) (rate(node_cpu_seconds_total{mode="steal"}[15m]))'
NODE_MEMORY = "100 * (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)"
# The kubelet compares this amount with its eviction threshold: recently used page cache counts as taken (Kubernetes'
# "Node-pressure Eviction", memory.available).
_NOT_IN_WORKING_SET = "node_memory_MemFree_bytes + node_memory_Inactive_file_bytes"
NODE_WORKING_SET = f"100 * (1 - ({_NOT_IN_WORKING_SET}) / node_memory_MemTotal_bytes)"
_MOUNTS = f'mountpoint=~"/|{DATA_MOUNT}"'
DISK_AVAILABLE = f"node_filesystem_avail_bytes{{{_MOUNTS}}}"
DISK_FREE = f"100 * {DISK_AVAILABLE} / node_filesystem_size_bytes{{{_MOUNTS}}}"
INODES_FREE = f"100 * node_filesystem_files_free{{{_MOUNTS}}} / node_filesystem_files{{{_MOUNTS}}}"
# Tasks that wait for a process: in the broker, or prefetched by a worker (for example with an ETA that has passed).
_WAITING = '{__name__=~"celery_queue_length|celery_queue_prefetched"}'
QUEUE_LENGTH = f"sum by (queue_name) ({_WAITING})"
ALL_WAITING = f"sum({_WAITING})"
# Tasks in these queues may wait: they are the slow pool's (docs/explanation/guide.md). Customers wait for all others.
PATIENT_QUEUES = "slow|backups"
# Traefik names a service by its namespace, Service and port.
SHOP_REQUESTS = f'traefik_service_requests_total{{service=~"{APP_NAMESPACE}-{DJANGO}-.*"}}'
SHOP_ERRORS = f'traefik_service_requests_total{{service=~"{APP_NAMESPACE}-{DJANGO}-.*",code=~"5.."}}'
SHOP_ERROR_PERCENT = f"100 * sum(rate({SHOP_ERRORS}[5m])) / sum(rate({SHOP_REQUESTS}[5m]))"
SHOP_DURATION = f'traefik_service_request_duration_seconds_bucket{{service=~"{APP_NAMESPACE}-{DJANGO}-.*"}}'
SHOP_P95 = f"histogram_quantile(0.95, sum by (le) (rate({SHOP_DURATION}[5m])))"


def certificate_left(domains: Sequence[str] = ()) -> str:
    """Return an expression for the seconds until each name's newest certificate ends.

    Only the newest certificate counts, and only those of these names: traefik shows a renewed certificate's predecessor
    until it restarts (cmd/traefik of v3.7.13: appendCertMetric), and it keeps the certificate of a name that was
    removed from the stack file.

    Args:
        domains: the shop's names; empty: every name that has a certificate from an issuer.
    """
    chosen = _of_names(domains) if domains else 'cn!="TRAEFIK DEFAULT CERT"'
    return f"max by (sans) (traefik_tls_certs_not_after{{{chosen}}}) - time()"


def certificate_missing(domain: str) -> str:
    """Return an expression that is 1 while traefik runs without a certificate for the name.

    traefik's self-signed default certificate has another name, so it does not count.
    """
    there = f"traefik_tls_certs_not_after{{{_of_names([domain])}}}"
    return f'label_replace(absent({there}), "domain", "{domain}", "", "") and on () (max(up{{job="traefik"}}) == 1)'


def _of_names(domains: Sequence[str]) -> str:
    names = "|".join(one.replace(".", "[.]") for one in domains)
    return f'sans=~"(.+,)?({names})(,.+)?"'


def pods(workload: WorkloadPlan) -> str:
    """Return a regular expression of the workload's pods; one pool's name may be the start of another's."""
    suffix = {"StatefulSet": "[0-9]+", "DaemonSet": "[^-]+"}.get(workload.kind, "[^-]+-[^-]+")
    return f"{workload.name}-{suffix}"


def container_selector(workload: WorkloadPlan) -> str:
    """Return label matchers of the workload's first container."""
    name = workload.containers[0].name
    return f'namespace="{workload.namespace}",pod=~"{pods(workload)}",container="{name}"'


def running_pods(workload: WorkloadPlan) -> str:
    """Return an expression that counts a workload's running pods; cAdvisor shows no container that has ended."""
    return f"count(count by (pod) (container_memory_working_set_bytes{{{container_selector(workload)}}}))"


def cores(cpu: Cpu) -> str:
    """Return a CPU amount in cores as a literal: cAdvisor reports usage and limits, but no requests."""
    return f"{cpu.millicores / 1000:g}"


def cpu_of_request(workload: WorkloadPlan) -> str:
    """Return an expression for the percentage of their CPU request that the workload's pods use together."""
    series = f"container_cpu_usage_seconds_total{{{container_selector(workload)}}}"
    request = cores(workload.containers[0].requests.cpu)
    return f"100 * sum(rate({series}[5m])) / ({request} * count(count by (pod) ({series})))"


def cpu_of_limit(workload: WorkloadPlan) -> str:
    """Return an expression for the percentage of its CPU limit that each pod uses."""
    selector = container_selector(workload)
    used = f"sum by (namespace,pod) (rate(container_cpu_usage_seconds_total{{{selector}}}[5m]))"
    limit = f"container_spec_cpu_quota{{{selector}}} / container_spec_cpu_period{{{selector}}}"
    return f"100 * {used} / on (namespace,pod) sum by (namespace,pod) ({limit})"


def memory_of_limit() -> str:
    """Return an expression for the percentage of its memory limit that each container but Postgres uses."""
    inside, by = f'namespace="{APP_NAMESPACE}",container!="postgres"', "by (namespace,pod,container)"
    used = f"max {by} (container_memory_working_set_bytes{{{inside}}})"
    return f"100 * {used} / on (namespace,pod,container) max {by} (container_spec_memory_limit_bytes{{{inside}}} > 0)"


def postgres_memory() -> str:
    """Return an expression for the percentage of its memory limit that Postgres uses, without page cache.

    The working set would include active page cache, which a healthy Postgres fills up to the limit.
    """
    inside, by = f'namespace="{APP_NAMESPACE}",container="postgres"', "by (namespace,pod,container)"
    used = f"max {by} (container_memory_rss{{{inside}}} + container_memory_mapped_file{{{inside}}})"
    return f"100 * {used} / on (namespace,pod,container) max {by} (container_spec_memory_limit_bytes{{{inside}}} > 0)"


def pool_queues(worker: WorkerPlan) -> str:
    """Return a regular expression of a pool's queues, escaped for double quotes."""
    return "|".join(map(literal, worker.queues))


def literal(text: str) -> str:
    """Return a regular expression that matches only this text, escaped for double quotes."""
    expression = _SPECIAL.sub(r"\\\g<0>", text)
    return expression.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def queue_wait(matcher: str = "") -> str:
    """Return an expression for the seconds that the slowest 5 % of started tasks waited at least, by queue."""
    series = f"celery_task_queue_wait_time_bucket{{{matcher}}}" if matcher else "celery_task_queue_wait_time_bucket"
    return f"histogram_quantile(0.95, sum by (le,queue_name) (rate({series}[5m])))"
