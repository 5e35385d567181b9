"""What Prometheus reads, and that it reads all that is looked at."""

import re

import pytest
import yaml

from infra.alerts.scrape import CADVISOR, scrape_config
from tests.alerts.metrics import used
from tests.alerts.promtool import promtool
from tests.graphs import run

# doc.traefik.io, observability, metrics: what version 3 offers with its entry points and services labelled.
TRAEFIK = {
    "traefik_open_connections",
    "traefik_tls_certs_not_after",
    "traefik_service_requests_total",
    "traefik_service_request_duration_seconds_bucket",
}
# Families that are compared with running exporters in test_exporters.py.
MEASURED = ("node_", "pg_", "redis_", "celery_", "stagecoach_", "prometheus_", "alertmanager_")


def jobs():
    return {job["job_name"]: job for job in scrape_config()["scrape_configs"]}


def relabelled(job, labels, key="relabel_configs"):
    """What the steps make of a target's or a sample's labels; None if it is dropped."""
    labels = dict(labels)
    for step in job.get(key, []):
        value = ";".join(labels.get(name, "") for name in step["source_labels"])
        found = re.fullmatch(step.get("regex", "(.*)"), value)
        action = step.get("action", "replace")
        if (action == "keep" and not found) or (action == "drop" and found):
            return None
        if action == "replace" and found:
            labels[step["target_label"]] = re.sub(r"\$(\d)", r"\\g<\1>", step.get("replacement", "$1"))
            labels[step["target_label"]] = found.expand(labels[step["target_label"]])
    return labels


class TestTraps:
    def test_no_job_reads_k3ss_own_page(self):
        """One process, one page of 56,000 samples and more: only cAdvisor's part of it."""
        https = [job for job in jobs().values() if job.get("scheme") == "https"]
        assert [job["metrics_path"] for job in https] == ["/metrics/cadvisor"]

    @pytest.mark.parametrize("name", ["apiserver_request_total", "container_tasks_state", "kubelet_node_name"])
    def test_everything_else_is_dropped(self, name):
        sample = {"__name__": name, "container": "django"}
        assert relabelled(jobs()["cadvisor"], sample, "metric_relabel_configs") is None

    @pytest.mark.parametrize("container", ["", "POD"])
    def test_sums_over_slices_are_dropped(self, container):
        """They would be counted on top of their parts."""
        sample = {"__name__": "container_memory_rss", "container": container}
        assert relabelled(jobs()["cadvisor"], sample, "metric_relabel_configs") is None

    def test_what_is_read_is_kept(self):
        for name in CADVISOR:
            sample = {"__name__": name, "container": "django"}
            assert relabelled(jobs()["cadvisor"], sample, "metric_relabel_configs") == sample

    def test_a_container_that_ended_is_gone_at_once(self):
        assert jobs()["cadvisor"]["honor_timestamps"] is False


class TestNothingIsMissing:
    def test_cadvisor(self):
        """The keep-list carries what rules and dashboards read, and nothing that nobody reads."""
        assert set(CADVISOR) == used("container_")

    def test_traefik(self):
        assert used("traefik_") == TRAEFIK

    def test_no_other_source(self):
        """A metric of an exporter that the stack does not run would be an alert that never fires."""
        known = ("container_", "traefik_", *MEASURED)
        assert {name for name in used("") if not name.startswith(known)} == {"up"}


META = "__meta_kubernetes_"
WEB = {
    f"{META}pod_annotation_prometheus_io_scrape": "true",
    f"{META}pod_annotation_prometheus_io_port": "9187",
    f"{META}pod_annotation_prometheus_io_path": "/metrics",
    f"{META}pod_phase": "Running",
    f"{META}pod_ip": "10.42.0.9",
    f"{META}namespace": "app",
    f"{META}pod_name": "postgres-0",
    f"{META}pod_label_app_kubernetes_io_name": "postgres",
    "__address__": "10.42.0.9:5432",
}


class TestTargets:
    def test_a_pod_by_its_annotations(self):
        made = relabelled(jobs()["pods"], WEB)
        found = {key: made[key] for key in ("__address__", "__metrics_path__", "namespace", "pod", "workload")}
        assert found == {
            "__address__": "10.42.0.9:9187",
            "__metrics_path__": "/metrics",
            "namespace": "app",
            "pod": "postgres-0",
            "workload": "postgres",
        }

    @pytest.mark.parametrize("change", [{f"{META}pod_phase": "Succeeded"}, dict.fromkeys(list(WEB)[:1], "")])
    def test_others_are_left_alone(self, change):
        assert relabelled(jobs()["pods"], WEB | change) is None

    def test_servers_are_called_by_their_nodes_name(self):
        """So that an alert says the same name in every job, and a new address is no new server."""
        pod = {f"{META}pod_label_app_kubernetes_io_name": "node-exporter", f"{META}pod_node_name": "shop"}
        assert relabelled(jobs()["node-exporter"], pod)["instance"] == "shop"
        assert relabelled(jobs()["cadvisor"], {f"{META}node_name": "shop"})["instance"] == "shop"

    def test_traefik_by_the_name_of_its_port(self):
        """k3s's annotation names a port that nothing listens on."""
        pod = {f"{META}pod_label_app_kubernetes_io_name": "traefik", f"{META}pod_phase": "Running"}
        ports = {"metrics": "10.42.0.5:9100", "web": "10.42.0.5:8000", "websecure": "10.42.0.5:8443"}
        made = {
            name: relabelled(jobs()["traefik"], {**pod, f"{META}pod_container_port_name": name, "__address__": address})
            for name, address in ports.items()
        }
        assert [name for name, labels in made.items() if labels] == ["metrics"]
        assert made["metrics"]["__address__"] == "10.42.0.5:9100"

    def test_every_annotated_pod_is_in_the_namespace_that_is_read(self):
        made = run(2)
        annotated = {
            manifest["metadata"]["namespace"]
            for manifest in made.kubernetes().values()
            if "prometheus.io/scrape" in str(manifest.get("spec", {}).get("template", {}).get("metadata", {}))
        }
        discovery = jobs()["pods"]["kubernetes_sd_configs"][0]["namespaces"]["names"]
        assert annotated == set(discovery) == {"app"}


@pytest.mark.promtool
def test_promtool_takes_it(tmp_path):
    """Tokens and the sidecar's rule path exist in the pod only."""
    config = scrape_config()
    config["rule_files"] = []
    for job in config["scrape_configs"]:
        # Debian builds promtool without Kubernetes discovery; relabelling and the rest are checked.
        if job.pop("kubernetes_sd_configs", None):
            job["static_configs"] = [{"targets": ["127.0.0.1:1"]}]
        job.pop("authorization", None)
        job.pop("tls_config", None)
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(config))
    done = promtool(tmp_path, "check", "config", "--syntax-only", "prometheus.yml")
    assert done.returncode == 0, done.stdout + done.stderr
