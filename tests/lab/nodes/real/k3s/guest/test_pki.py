"""Who gets which certificate."""

import shutil
import subprocess

import pytest

from lab.nodes.real.k3s.guest.layout import Layout
from lab.nodes.real.k3s.guest.pki import Pki, api_names
from tests.lab.nodes.real.k3s.guest.configs import server_config

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl")


def subject(path):
    command = ["openssl", "x509", "-in", str(path), "-noout", "-subject", "-nameopt", "sep_comma_plus"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip().removeprefix("subject=")


def test_names_of_the_api_server(tmp_path):
    names = api_names(server_config(tmp_path))
    assert {"kubernetes.default.svc.cluster.local", "127.0.0.1", "10.43.0.1", "127.64.1.2", "10.20.1.2"} <= set(names)
    assert len(names) == len(set(names))


@needs_openssl
def test_control_plane_and_node(tmp_path):
    config = server_config(tmp_path)
    layout = Layout(config.data_dir)
    pki = Pki.of(layout)
    pki.issue(config)
    pki.issue_node(layout.agent, "shop-celery-1", ["10.20.1.3"])
    assert subject(layout.tls / "client-admin.crt") == "O=system:masters,CN=system:admin"
    assert subject(layout.agent / "client-kubelet.crt") == "O=system:nodes,CN=system:node:shop-celery-1"
    assert subject(layout.agent / "client-kube-proxy.crt") == "CN=system:kube-proxy"
    assert (layout.tls / "service.key").exists()
