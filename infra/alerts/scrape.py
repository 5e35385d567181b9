"""Build Prometheus' scrape configuration."""

from __future__ import annotations

from typing import Any

from infra.alerts.speed import LEAST_INTERVAL, faster
from infra.names import APP_NAMESPACE, MONITORING_NAMESPACE, NODE_EXPORTER, SYSTEM_NAMESPACE

_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token"  # noqa: S105  a path
_CA = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"
# k3s's own /metrics is the union of all its parts: 56,000 series and more. So only cAdvisor is read, and only these of
# its metrics.
CADVISOR = (
    "container_cpu_usage_seconds_total",
    "container_cpu_cfs_throttled_seconds_total",
    "container_memory_working_set_bytes",
    "container_memory_rss",
    "container_memory_mapped_file",
    "container_spec_memory_limit_bytes",
    "container_spec_cpu_quota",
    "container_spec_cpu_period",
    "container_oom_events_total",
)
_INTERVAL, _SLOW_TIMEOUT = "30s", "10s"  # Prometheus refuses a timeout above the interval, so a rehearsal scales both.
_ANNOTATION = "__meta_kubernetes_pod_annotation_prometheus_io"


def scrape_config(speed: int = 1) -> dict[str, Any]:
    """Return the content of prometheus.yml; alerts go to the Alertmanager in the same pod.

    Args:
        speed: the factor by which all times are shortened in a rehearsal.
    """
    interval = faster(_INTERVAL, speed, least=LEAST_INTERVAL)
    return {
        "global": {"scrape_interval": interval, "evaluation_interval": interval},
        "rule_files": ["/etc/prometheus/rules.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": ["127.0.0.1:9093"]}]}]},
        "scrape_configs": [*_itself(), _cadvisor(), _pods(speed), _nodes(), _traefik()],
    }


def _itself() -> list[dict[str, Any]]:
    ports = {"prometheus": 9090, "alertmanager": 9093}
    return [{"job_name": name, "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]} for name, port in ports.items()]


def _cadvisor() -> dict[str, Any]:
    return {
        "job_name": "cadvisor",
        "scheme": "https",
        "metrics_path": "/metrics/cadvisor",
        # cAdvisor's samples carry their own times. With those, Prometheus would show a container for five minutes after
        # its end.
        "honor_timestamps": False,
        "authorization": {"credentials_file": _TOKEN},
        # The kubelet's serving certificate is signed by k3s and names no address of the pod network.
        "tls_config": {"ca_file": _CA, "insecure_skip_verify": True},
        "kubernetes_sd_configs": [{"role": "node"}],
        "relabel_configs": [{"source_labels": ["__meta_kubernetes_node_name"], "target_label": "instance"}],
        "metric_relabel_configs": [
            {"source_labels": ["__name__"], "regex": "|".join(CADVISOR), "action": "keep"},
            # These are sums over pods and slices, and the pod sandbox. Nothing reads them, and they are half of the
            # series.
            {"source_labels": ["container"], "regex": "(|POD)", "action": "drop"},
        ],
    }


def _pods(speed: int) -> dict[str, Any]:
    """Read the pods that ask for it by annotation; the timeout is long because the queue exporter is slow to answer."""
    return {
        "job_name": "pods",
        "scrape_timeout": faster(_SLOW_TIMEOUT, speed, least=LEAST_INTERVAL),
        "kubernetes_sd_configs": [{"role": "pod", "namespaces": {"names": [APP_NAMESPACE]}}],
        "relabel_configs": [
            {"source_labels": [f"{_ANNOTATION}_scrape"], "regex": "true", "action": "keep"},
            {"source_labels": ["__meta_kubernetes_pod_phase"], "regex": "Pending|Succeeded|Failed", "action": "drop"},
            {"source_labels": [f"{_ANNOTATION}_path"], "regex": "(.+)", "target_label": "__metrics_path__"},
            {
                "source_labels": ["__meta_kubernetes_pod_ip", f"{_ANNOTATION}_port"],
                "regex": "(.+);(.+)",
                "replacement": "$1:$2",
                "target_label": "__address__",
            },
            {"source_labels": ["__meta_kubernetes_namespace"], "target_label": "namespace"},
            {"source_labels": ["__meta_kubernetes_pod_name"], "target_label": "pod"},
            {"source_labels": ["__meta_kubernetes_pod_label_app_kubernetes_io_name"], "target_label": "workload"},
        ],
    }


def _nodes() -> dict[str, Any]:
    return {
        "job_name": NODE_EXPORTER,
        "kubernetes_sd_configs": [{"role": "pod", "namespaces": {"names": [MONITORING_NAMESPACE]}}],
        "relabel_configs": [
            *_only(NODE_EXPORTER),
            {"source_labels": ["__meta_kubernetes_pod_node_name"], "target_label": "instance"},
        ],
    }


def _traefik() -> dict[str, Any]:
    """Choose the port by its name: the annotation in k3s's manifest says 8082, but the chart listens on 9100."""
    return {
        "job_name": "traefik",
        "kubernetes_sd_configs": [{"role": "pod", "namespaces": {"names": [SYSTEM_NAMESPACE]}}],
        "relabel_configs": [
            *_only("traefik"),
            {"source_labels": ["__meta_kubernetes_pod_container_port_name"], "regex": "metrics", "action": "keep"},
        ],
    }


def _only(name: str) -> list[dict[str, Any]]:
    """Keep running pods of one name; a finished pod can't answer."""
    label = "__meta_kubernetes_pod_label_app_kubernetes_io_name"
    return [
        {"source_labels": [label], "regex": name, "action": "keep"},
        {"source_labels": ["__meta_kubernetes_pod_phase"], "regex": "Pending|Succeeded|Failed", "action": "drop"},
    ]
