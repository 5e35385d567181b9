"""Network policies, enforced on each node by the controller that k3s embeds."""

from __future__ import annotations

import subprocess

from lab.nodes.real.k3s.guest import kubeconfig, log
from lab.nodes.real.k3s.guest.children import Children
from lab.nodes.real.k3s.guest.config import Config
from lab.nodes.real.k3s.guest.layout import PROGRAMS, Layout

_NAME = "netpol"
_SECONDS = 10


def start(url: str, config: Config, layout: Layout, children: Children) -> None:
    """Starts it unless `disable-network-policy` is set; without ipset it is left out with a warning, as k3s does."""
    if config.disable_network_policy:
        return
    if reason := _reason():
        log.warning(f"Skipping network policy controller start, {reason}")
        return
    agent = layout.agent
    path = agent / "k3scontroller.kubeconfig"
    kubeconfig.write(path, url, agent / "server-ca.crt", agent / "client-k3s-controller")
    command = [
        str(PROGRAMS / _NAME),
        f"--kubeconfig={path}",
        f"--hostname-override={config.node_name}",
        f"--service-cluster-ip-range={config.service_cidr}",
        "-v=1",  # how long each sync took
    ]
    children.start(_NAME, command)


def _reason() -> str:
    """Why it can't run; of ipset in k3s's words; empty where it can."""
    if not (PROGRAMS / _NAME).exists():  # the programs are those of the checkout that started a lab last
        return f"{PROGRAMS / _NAME} is missing: `make up` of a checkout that has it puts it there"
    try:
        done = subprocess.run(["ipset", "save"], capture_output=True, text=True, check=False, timeout=_SECONDS)
    except OSError as error:
        return f"ipset unavailable: {error.strerror}"
    return f"ipset save failed: {done.stderr.strip()}" if done.returncode else ""
