"""Celery servers as nodes: what is run where, and in which order they come and go."""

import pytest
import yaml

from tests.graphs import BUILT, exported, pods, run, waits_for
from tests.plans import stage_plan
from tests.public_keys import ED25519

AGENTS = tuple((stage, provider) for stage, provider in BUILT if stage_plan(stage, provider).celery_servers)
INSTALL, NODE = "k3s-agents-1-install", "k3s-agents-1-node"


def config(made, number=1):
    return yaml.safe_load(made.inputs(f"k3s-agents-{number}-install")["stdin"])


class TestBuilt:
    def test_stage_5_everywhere(self):
        """Else the tests below would hold for nothing."""
        assert [one for one in BUILT if one[0] == 5] == list(AGENTS)
        assert AGENTS

    def test_none_below(self):
        made = run(4)
        assert [name for name in made.requests if "celery-server" in name or "agents" in name] == []
        assert "access-celery-host-key" not in made.requests

    def test_stage_4_may_have_them(self):
        made = run(4, celery_servers={"count": 2})
        assert {f"k3s-agents-{number}-node" for number in (1, 2)} <= made.requests.keys()


@pytest.mark.parametrize(("stage", "provider"), AGENTS)
class TestInstall:
    def test_joins_by_the_private_network(self, stage, provider):
        """Its own address is private, and so is the server's."""
        made = run(stage, provider)
        agent, server = config(made), yaml.safe_load(made.inputs("k3s-install")["stdin"])
        assert agent["server"] == f"https://{server['node-ip']}:6443"
        assert agent["token"] == "generated-password"
        assert agent["node-name"] == "shop-celery-1"

    def test_goes_through_the_server_with_both_hosts_pinned(self, stage, provider):
        made = run(stage, provider)
        connection = made.inputs(INSTALL)["connection"]
        assert connection["host"] == config(made)["node-ip"]
        assert connection["proxy"]["host"] == made.inputs("k3s-install")["connection"]["host"]
        for end in (connection, connection["proxy"]):
            assert (end["user"], end["hostKey"].strip()) == ("root", "ssh-ed25519 AAAA")

    def test_is_the_servers_release(self, stage, provider):
        """Another version of the agent is not supported for long."""
        made = run(stage, provider)
        of_both = [exported(made.inputs(name)["create"]) for name in (INSTALL, "k3s-install")]
        assert of_both[0] == {name: value for name, value in of_both[1].items() if name.startswith("K3S_")}
        assert len(of_both[0]) == 3

    def test_waits_for_the_vps_and_for_the_server(self, stage, provider):
        before = waits_for(run(stage, provider), INSTALL)
        assert {"celery-servers-1-server", "k3s-install"} <= before

    def test_a_new_vps_is_installed_anew(self, stage, provider):
        """Same name and address: only its id tells."""
        inputs = run(stage, provider).inputs(INSTALL)
        assert inputs["triggers"] == ["4711"]
        assert inputs["update"] == inputs["create"]

    def test_the_token_is_in_standard_input_only(self, stage, provider):
        inputs = run(stage, provider).inputs(INSTALL)
        assert "generated-password" not in str({key: inputs[key] for key in ("create", "update")})


@pytest.mark.parametrize(("stage", "provider"), AGENTS)
class TestNode:
    def test_is_removed_on_the_server_before_the_vps(self, stage, provider):
        """Deletion is the reverse of this order."""
        made = run(stage, provider)
        assert {INSTALL, "celery-servers-1-server"} <= waits_for(made, NODE)
        inputs = made.inputs(NODE)
        assert "proxy" not in inputs["connection"]
        for script in ("create", "update", "delete"):
            assert exported(inputs[script]) == {"NODE": "shop-celery-1"}
        assert "k3s kubectl drain" in inputs["delete"]

    def test_goes_before_an_installation_that_is_replaced(self, stage, provider):
        """k3s refuses a new server under a name that it knows; the engine follows the installation's id."""
        made = run(stage, provider)
        assert made.inputs(NODE)["triggers"] == ["4711"]
        assert made.requests[NODE].deleteBeforeReplace
        assert made.requests[INSTALL].deleteBeforeReplace
        dependencies = made.requests[NODE].propertyDependencies["triggers"].urns
        assert [urn.rpartition("::")[2] for urn in dependencies] == [INSTALL]

    def test_workers_wait_for_it(self, stage, provider):
        """Their pods would be Pending until the update gives up."""
        made = run(stage, provider)
        for worker in stage_plan(stage, provider).workers:
            assert NODE in waits_for(made, f"{worker.workload.name}-deployment")

    def test_nothing_else_does(self, stage, provider):
        """The shop does not wait for a VPS of Celery's."""
        made = run(stage, provider)
        others = [name for name in pods(made) if not name.startswith("celery-worker")]
        assert [name for name in others if NODE in waits_for(made, name)] == []


@pytest.mark.parametrize(("stage", "provider"), AGENTS)
class TestPlacement:
    def test_workers_and_the_node_exporter_tolerate_the_taint(self, stage, provider):
        """What does not is kept away by it."""
        made = run(stage, provider)
        (taint,) = config(made)["node-taint"]
        toleration = {"key": "stagecoach.dev/role", "operator": "Equal", "value": "celery", "effect": "NoSchedule"}
        assert taint == "{key}={value}:{effect}".format(**toleration)
        tolerant = {name for name, pod in pods(made).items() if pod.get("tolerations") == [toleration]}
        workers = {f"{worker.workload.name}-deployment" for worker in stage_plan(stage, provider).workers}
        assert tolerant == {*workers, "node-exporter-daemon-set"}

    def test_workers_ask_for_the_label(self, stage, provider):
        made = run(stage, provider)
        (label,) = config(made)["node-label"]
        selecting = {name: pod["nodeSelector"] for name, pod in pods(made).items() if "nodeSelector" in pod}
        assert selecting
        assert all(label == "{}={}".format(*next(iter(one.items()))) for one in selecting.values())
        assert all(name.startswith("celery-worker") for name in selecting)


class TestPeople:
    def test_their_keys_are_on_every_server(self):
        """Through the server; a colleague who leaves is removed from all."""
        key = f"{ED25519} colleague"
        made = run(5, celery_servers={"count": 2}, authorized_keys=[key])
        files = [name for name in made.requests if name.startswith("authorized-keys") and name.endswith("-file")]
        assert len(files) == 3
        assert all(key in made.inputs(name)["stdin"] for name in files)


class TestPreview:
    def test_has_every_resource(self):
        """Nothing hangs on an address that is not known yet."""
        assert (
            run(5, preview=True, celery_servers={"count": 2}).requests.keys()
            == run(5, celery_servers={"count": 2}).requests.keys()
        )
