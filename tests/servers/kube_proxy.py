"""`python -m tests.servers.kube_proxy ROOT`: an API server and a kube-proxy until standard input ends."""

import sys
from pathlib import Path

from lab.nodes.real.k3s.guest.kubelet import kube_proxy
from lab.nodes.real.k3s.guest.layout import Layout
from lab.nodes.simulated.control_plane import ControlPlane
from lab.nodes.simulated.processes import Processes
from lab.paths import bin_dir
from tests.lab.nodes.real.k3s.guest.configs import server_config


def main(root):
    """The kubeconfig is `ROOT/kubeconfig`; a line says that both run."""
    plane, more = ControlPlane(root / "plane", "127.0.0.1", bin_dir()), Processes(root / "more")
    try:
        plane.start()
        kubeconfig = root / "kubeconfig"
        kubeconfig.write_text(plane.kubeconfig())
        config = server_config(root)
        # As a server of the lab starts it, but for the paths of both files.
        flags = [one for one in kube_proxy(config, Layout(config.data_dir))[1:] if "--kubeconfig" not in one]
        more.start("kube-proxy", [str(bin_dir() / "kube"), "kube-proxy", f"--kubeconfig={kubeconfig}", *flags])
        print("both run", flush=True)
        sys.stdin.read()
    finally:
        more.stop()
        plane.processes.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
