"""Celery servers join over the private network; another machine under an old name does not."""

import pytest

from infra.scripts import load
from tests.lab.nodes.real.k3s.kube import VOLUME_IMAGE, pod, service, until

pytestmark = pytest.mark.vps
SERVER, AGENT = "127.64.253.20", "127.64.253.21"
NAME = "shop-celery-1"
SERVE = "mkdir -p /tmp/w; echo {0} >/tmp/w/index.html; exec httpd -f -p 8080 -h /tmp/w"
ANYWHERE = [{"operator": "Exists"}]


@pytest.fixture(scope="module")
def server(cluster):
    cluster.create("shop", SERVER, "10.20.1.2")
    cluster.mount("shop", cluster.volume(VOLUME_IMAGE), new=True)
    done = cluster.install_server()
    assert done.returncode == 0, done.stderr + cluster.logs()
    return cluster


@pytest.fixture(scope="module")
def agent(server):
    server.create(NAME, AGENT, "10.20.1.3")
    done = server.install_agent()
    assert done.returncode == 0, done.stderr + server.logs()
    return server


def script(cluster, name, address=SERVER):
    return cluster.keys.ssh(address, f"export NODE={NAME}\n" + load(name))


def give_up_after(cluster, seconds):
    """The unit waits 300 s; k3s itself never gives up."""
    edit = f"sed -i s/TimeoutStartSec=.*/TimeoutStartSec={seconds}/ /etc/systemd/system/k3s-agent.service"
    cluster.servers[NAME].run("sh", "-c", f"{edit}; systemctl daemon-reload")


def test_joins_with_its_label_and_taint(agent):
    done = script(agent, "k3s_agent_joined.sh")
    assert done.returncode == 0, done.stderr + agent.logs()
    node = agent.object("node", NAME)
    assert node["metadata"]["labels"]["stagecoach.dev/role"] == "server"  # of the plan that the test renders

    def taints():
        return [(one["key"], one["effect"]) for one in agent.object("node", NAME)["spec"].get("taints", [])]

    # That of a node which is not ready goes a moment after the node is.
    until("its taint alone", lambda: taints() == [("stagecoach.dev/role", "NoSchedule")], 30)


def test_pods_of_both_nodes_reach_each_other_by_service_names(agent):
    for name, node in (("near", "shop"), ("far", NAME)):
        agent.apply(pod(name, SERVE.format(name), nodeName=node, tolerations=ANYWHERE), service(name, 8080))
    agent.run_until_ready("near", "far")
    until("coredns", agent.settled)
    for here, there in (("near", "far"), ("far", "near")):
        said = agent.kubectl("exec", here, "--", "wget", "-q", "-O-", "-T", "5", f"http://{there}.default.svc:8080")
        assert said == f"{there}\n"
    assert agent.kubectl("logs", "far") == ""


def test_restarts_with_its_machine(agent):
    agent.cut_power(NAME)
    until("its pod's start", lambda: agent.restarts("far") >= 1, 60)
    agent.run_until_ready("far")


def test_a_wrong_token_is_refused(agent):
    vps = agent.servers[NAME]
    config = "/etc/rancher/k3s/config.yaml"
    give_up_after(agent, 8)
    vps.run("sh", "-c", f"cp {config} /root/config; sed -i 's/^token:.*/token: wrong/' {config}")
    assert vps.run("systemctl", "restart", "k3s-agent").returncode != 0
    assert "401 not authorized" in vps.run("journalctl", "-u", "k3s-agent").stdout
    give_up_after(agent, 300)
    vps.run("sh", "-c", f"cp /root/config {config}; systemctl restart k3s-agent")
    until("the node", lambda: agent.ready(NAME), 60)


def test_another_machine_under_the_name_is_refused_until_the_node_is_removed(agent):
    """A VPS that was made anew has another password; the stack removes the node first."""
    vps = agent.servers[NAME]
    vps.run("sh", "-c", "systemctl stop k3s-agent; rm /etc/rancher/node/password")
    give_up_after(agent, 8)
    assert vps.run("systemctl", "start", "k3s-agent").returncode != 0
    assert "Node password rejected, duplicate hostname" in vps.run("journalctl", "-u", "k3s-agent").stdout
    done = script(agent, "k3s_agent_remove.sh")
    assert done.returncode == 0, done.stderr
    give_up_after(agent, 300)
    assert vps.run("systemctl", "restart", "k3s-agent").returncode == 0, agent.logs()
    until("the node", lambda: agent.ready(NAME), 60)


def test_a_lost_server_comes_back_on_its_volume(agent):
    """The volume has the cluster and the node's password; the agent finds it again."""
    image = agent.volume(VOLUME_IMAGE)
    agent.servers["shop"].destroy()
    agent.create("shop", SERVER, "10.20.1.2")
    agent.mount("shop", image, new=False)
    done = agent.install_server()
    assert done.returncode == 0, done.stderr + agent.logs()
    agent.run_until_ready("near", "far")
    until("the agent's node", lambda: agent.ready(NAME), 90)


def test_a_lost_password_is_refused_in_k3s_words(agent):
    """What the volume prevents: the API server runs, the node does not."""
    vps = agent.servers["shop"]
    vps.run("sh", "-c", "systemctl stop k3s; mv /etc/rancher/node/password /root/password")
    vps.run("systemctl", "start", "k3s")
    said = "Waiting to retrieve agent configuration; server is not ready: Node password rejected"
    until("the words", lambda: said in vps.run("journalctl", "-u", "k3s").stdout, 30)
    assert vps.run("pgrep", "-f", "bin/kubelet").stdout == ""
    vps.run("sh", "-c", "mv /root/password /etc/rancher/node/password; systemctl restart k3s")
    until("the node", lambda: agent.ready("shop"), 60)
