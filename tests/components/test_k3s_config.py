"""k3s's config.yaml."""

import dataclasses

import pytest
import yaml

from infra.catalog import CANDIDATES
from infra.components.k3s_config import render_k3s_config
from infra.units import Memory
from lab.cluster.node import sizes
from stacks import STAGES
from tests.plans import stage_plan

ADDRESSES = {"public_ip": "198.51.100.7", "private_ip": "10.20.1.2"}
COMBINATIONS = [(stage, provider) for provider in CANDIDATES for stage in STAGES]


def config(stage=1, provider="hetzner", **changes):
    values = {"deployment": "shop", **ADDRESSES, "token": "one", "agent_token": "two", **changes}
    return yaml.safe_load(render_k3s_config(stage_plan(stage, provider).server, **values))


@pytest.mark.parametrize(("stage", "provider"), COMBINATIONS)
class TestEveryPlan:
    def test_leaves_what_the_plan_says(self, stage, provider):
        """A kubelet that reads these arguments on a server of that size shows the plan's allocatable."""
        server = stage_plan(stage, provider).server
        _, allocatable = sizes(server.vcpu, server.memory.whole_mib, config(stage, provider))
        assert allocatable["cpu"] == str(server.allocatable.cpu)
        assert Memory(int(allocatable["memory"])).whole_mib == server.allocatable.memory.whole_mib

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
        assert made["tls-san"] == ["198.51.100.7"]

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
        assert arguments["eviction-hard"] == "memory.available<150Mi,nodefs.available<8%,imagefs.available<8%"

    def test_another_role_is_another_label(self):
        """Workers find Celery's own servers by it."""
        node = dataclasses.replace(stage_plan(1).server, role="celery")
        text = render_k3s_config(node, deployment="shop", **ADDRESSES, token="one", agent_token="two")
        assert yaml.safe_load(text)["node-label"] == ["stagecoach.dev/role=celery"]
