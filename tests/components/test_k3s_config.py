"""k3s's config.yaml."""

import pytest
import yaml

from infra.clouds import CLOUDS
from infra.components.k3s_config import render_agent_config, render_k3s_config
from infra.stack_file.stage_config import DjangoConfig, PoolConfig, PostgresConfig
from lab.nodes.simulated.node import sizes
from stacks import STAGES
from tests.plans import spare_bytes, stage_plan

ADDRESSES = {"public_ip": "198.51.100.7", "private_ip": "10.20.1.2"}
COMBINATIONS = [(stage, provider) for provider in CLOUDS for stage in STAGES]


def config(stage=1, provider="hetzner", **changes):
    values = {"deployment": "shop", **ADDRESSES, "token": "one", "agent_token": "two", **changes}
    return yaml.safe_load(render_k3s_config(stage_plan(stage, provider).server, **values))


@pytest.mark.parametrize(("stage", "provider"), COMBINATIONS)
class TestEveryPlan:
    def test_leaves_what_the_plan_says(self, stage, provider):
        """A kubelet that reads these arguments shows the plan's allocatable and what is seen above the plan's bound."""
        server = stage_plan(stage, provider).server
        _, allocatable = sizes(server.vcpu, server.memory.whole_mib, config(stage, provider))
        assert allocatable["cpu"] == str(server.allocatable.cpu)
        assert int(allocatable["memory"]) == server.allocatable.memory.bytes + spare_bytes(server.memory.whole_mib)

    def test_only_reservations_differ(self, stage, provider):
        """Everything else is the node's identity: a changed name or address would be another node."""
        first, other = config(), config(stage, provider)
        assert {key for key in first if first[key] != other[key]} <= {"kubelet-arg"}

    def test_pods_fit_into_max_pods(self, stage, provider):
        """All autoscalers at their maximum, all surges, all jobs."""
        arguments = dict(one.split("=", 1) for one in config(stage, provider)["kubelet-arg"])
        peak = sum(one.replicas.max + one.replicas.surge for one in stage_plan(stage, provider).workloads)
        assert peak < int(arguments["max-pods"]) == 60


class TestConfig:
    def test_identity(self):
        """Private address from the first day; the certificate names the address that people use."""
        made = config()
        assert (made["node-name"], made["node-ip"], made["node-external-ip"]) == ("shop", "10.20.1.2", "198.51.100.7")
        assert made["tls-san"] == ["198.51.100.7", "10.20.1.2"]

    def test_the_api_server_is_found_inside(self):
        """k3s would tell agents and pods its external address, which the firewall closes to them."""
        assert config()["advertise-address"] == "10.20.1.2"

    def test_everything_lies_on_the_volume(self):
        """The server can be lost, the volume is kept."""
        made = config()
        assert made["data-dir"] == "/var/lib/stagecoach/k3s"
        assert made["default-local-storage-path"] == "/var/lib/stagecoach/volumes"

    def test_secrets_are_encrypted_at_rest(self):
        assert config()["secrets-encryption"] is True

    def test_only_root_reads_the_kubeconfig(self):
        assert config()["write-kubeconfig-mode"] == "0600"

    def test_eviction_is_named(self):
        """k3s switches eviction by memory off; the kernel would kill the database instead."""
        arguments = dict(one.split("=", 1) for one in config()["kubelet-arg"])
        assert arguments["eviction-hard"] == "memory.available<150Mi,nodefs.available<8%"


class TestAgent:
    @pytest.fixture
    def agent(self):
        return self.rendered("hetzner")

    def rendered(self, provider):
        node = stage_plan(5, provider).celery_servers
        text = render_agent_config(
            node, name="shop-celery-1", private_ip="10.20.1.11", server_private_ip="10.20.1.2", token="two"
        )
        return yaml.safe_load(text)

    def test_joins_the_server(self, agent):
        assert (agent["server"], agent["token"]) == ("https://10.20.1.2:6443", "two")

    def test_identity(self, agent):
        """No external address: nothing comes in from the internet."""
        assert (agent["node-name"], agent["node-ip"]) == ("shop-celery-1", "10.20.1.11")
        assert "node-external-ip" not in agent

    def test_only_what_asks_for_it_runs_there(self, agent):
        """Label for the workers, taint against the others."""
        assert agent["node-label"] == ["stagecoach.dev/role=celery"]
        assert agent["node-taint"] == ["stagecoach.dev/role=celery:NoSchedule"]

    @pytest.mark.parametrize("provider", sorted(CLOUDS))
    def test_leaves_what_the_plan_says(self, provider):
        """An agent keeps less than a server: no control plane."""
        node = stage_plan(5, provider).celery_servers
        _, allocatable = sizes(node.vcpu, node.memory.whole_mib, self.rendered(provider))
        assert allocatable["cpu"] == str(node.allocatable.cpu)
        assert int(allocatable["memory"]) == node.allocatable.memory.bytes + spare_bytes(node.memory.whole_mib)


class TestHardening:
    """k3s's own guide (docs.k3s.io/security/hardening-guide); what is left out: docs/explanation/hardening.md."""

    def test_kernel_settings_are_checked_on_every_server(self):
        assert config()["protect-kernel-defaults"] is True
        assert agent()["protect-kernel-defaults"] is True

    def test_the_audit_log_is_bounded(self):
        """80 MiB of the data volume, whatever happens."""
        audit = dict(one.split("=", 1) for one in config()["kube-apiserver-arg"])
        assert audit["audit-policy-file"] == "/etc/rancher/k3s/audit-policy.yaml"
        assert audit["audit-log-path"].startswith(config()["data-dir"])
        assert int(audit["audit-log-maxsize"]) * (int(audit["audit-log-maxbackup"]) + 1) == 80
        assert audit["audit-log-maxage"] == "30"

    def test_finished_pods_are_removed(self):
        assert config()["kube-controller-manager-arg"] == ["terminated-pod-gc-threshold=100"]

    def test_a_pod_can_not_take_every_process_number(self):
        """And whatever a stack file may ask for runs: Postgres has a process for each connection."""
        (limit,) = {
            int(one.partition("=")[2])
            for made in (config(), agent())
            for one in made["kubelet-arg"]
            if one.startswith("pod-max-pids=")
        }
        most = {
            "postgres": most_of(PostgresConfig, "max_connections"),
            "django": most_of(DjangoConfig, "processes") * most_of(DjangoConfig, "threads"),
            "worker": most_of(PoolConfig, "concurrency"),
        }
        assert max(most.values()) * 2 < limit


def agent():
    text = render_agent_config(
        stage_plan().server, name="a", private_ip="10.20.1.11", server_private_ip="10.20.1.2", token="t"
    )
    return yaml.safe_load(text)


def most_of(model, field):
    """The largest value that a field takes."""
    return max(one.le for one in model.model_fields[field].metadata if hasattr(one, "le"))
