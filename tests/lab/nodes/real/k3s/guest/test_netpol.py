"""The controller of network policies is started as k3s starts its own."""

import dataclasses
import os

import pytest
import yaml

from lab.nodes.real.k3s.guest import bundled, netpol
from lab.nodes.real.k3s.guest.layout import Layout
from tests.lab.nodes.real.k3s.guest.configs import server_config

URL = "https://127.0.0.1:6443"


class Children(dict):
    """What was started, by name."""

    def start(self, name, command):
        self[name] = command


@pytest.fixture(autouse=True)
def programs(tmp_path, monkeypatch):
    """What is bound into every server."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "netpol").touch()
    monkeypatch.setattr(netpol, "PROGRAMS", folder)
    return folder


@pytest.fixture
def ipset(tmp_path, monkeypatch):
    """Debian's program as a script; the answer is what it does."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/bin")

    def answer(body):
        path = folder / "ipset"
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    answer("exit 0")
    return answer


@pytest.fixture
def config(tmp_path):
    made = server_config(tmp_path)
    agent = Layout(made.data_dir).agent
    agent.mkdir(parents=True)
    for name in ("server-ca.crt", "client-k3s-controller.crt", "client-k3s-controller.key"):
        (agent / name).write_text(name)
    return made


def started(config):
    children = Children()
    netpol.start(URL, config, Layout(config.data_dir), children)
    return children


def test_under_k3ss_own_user(config, ipset, programs):
    """The kubeconfig has k3s's name for it; its rights are those of k3s's manifest."""
    path = Layout(config.data_dir).agent / "k3scontroller.kubeconfig"
    assert started(config) == {
        "netpol": [
            f"{programs}/netpol",
            f"--kubeconfig={path}",
            "--hostname-override=shop",
            "--service-cluster-ip-range=10.43.0.0/16",
            "-v=1",
        ]
    }
    assert yaml.safe_load(path.read_text())["clusters"][0]["cluster"]["server"] == URL
    assert path.stat().st_mode & 0o777 == 0o600


def test_may_read_what_it_watches(config):
    """One that is forbidden waits for its caches for ever, and enforces nothing."""
    [role] = [
        one
        for one in yaml.safe_load_all(bundled.render(config)["rolebindings.yaml"])
        if (one["kind"], one["metadata"]["name"]) == ("ClusterRole", "system:k3s-controller")
    ]
    may = {
        (group, resource): set(rule["verbs"])
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
    }
    assert may["", "nodes"] >= {"get"}
    for watched in (("", "pods"), ("", "namespaces"), ("networking.k8s.io", "networkpolicies")):
        assert may[watched] >= {"list", "watch"}


def test_switched_off(config, ipset):
    assert started(dataclasses.replace(config, disable_network_policy=True)) == {}


def test_without_ipset_it_is_left_out(config, monkeypatch, tmp_path, capfd):
    """k3s's own words, and k3s runs on."""
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    assert started(config) == {}
    said = "Skipping network policy controller start, ipset unavailable: No such file or directory"
    assert f'level=warning msg="{said}"' in capfd.readouterr().err


def test_programs_of_an_older_checkout(config, ipset, programs, capfd):
    """Two checkouts share the folder: k3s runs on, and says what is missing."""
    (programs / "netpol").unlink()
    assert started(config) == {}
    assert "netpol is missing" in capfd.readouterr().err


def test_a_kernel_without_sets(config, ipset, capfd):
    ipset("echo 'Cannot open session to kernel.' >&2; exit 1")
    assert started(config) == {}
    assert "ipset save failed: Cannot open session to kernel." in capfd.readouterr().err
