"""Configs as the stack renders them."""

import dataclasses
from pathlib import Path

import yaml

from infra.components.k3s_config import render_agent_config, render_k3s_config
from lab.nodes.real.k3s.guest.config import SERVER, read_config
from tests.plans import stage_plan


def write(folder, text):
    """config.yaml and the drop-in that the install script writes."""
    path = folder / "config.yaml"
    path.write_text(text)
    drop_in = folder / "config.yaml.d"
    drop_in.mkdir(exist_ok=True)
    (drop_in / "private-interface.yaml").write_text("flannel-iface: eth1\n")
    return path


def server_text(**changes):
    text = render_k3s_config(
        stage_plan().server,
        deployment="shop",
        public_ip="127.64.1.2",
        private_ip="10.20.1.2",
        token="server-secret",
        agent_token="agent-secret",
    )
    return yaml.safe_dump({**yaml.safe_load(text), **changes})


def agent_text(**changes):
    text = render_agent_config(
        stage_plan().server,
        name="shop-celery-1",
        private_ip="10.20.1.3",
        server_private_ip="10.20.1.2",
        token="agent-secret",
    )
    return yaml.safe_dump({**yaml.safe_load(text), **changes})


def server_config(folder, **changes):
    """The stack's own config, its data-dir in `folder`."""
    config = read_config(SERVER, write(folder, server_text()))
    return dataclasses.replace(config, **{"data_dir": Path(folder) / "k3s", **changes})
