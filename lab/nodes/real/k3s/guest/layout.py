"""Where the stand-in keeps what: k3s's own folders under its data-dir."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PROGRAMS = Path("/usr/local/lib/stagecoach-lab/bin")  # bound into every server, read-only
SHARE = PROGRAMS.with_name("share")  # files that belong to the programs
KUBECONFIG = Path("/etc/rancher/k3s/k3s.yaml")
NODE_PASSWORD = Path("/etc/rancher/node/password")
LOGS = Path("/var/log/k3s")
RUN = Path("/run/k3s")
CONTAINERD_SOCKET = RUN / "containerd" / "containerd.sock"
CNI_PROGRAMS = Path("/usr/lib/cni")  # Debian's containernetworking-plugins

API_PORT = 6443
# k3s answers agents on the API server's own port; here kube-apiserver holds that one.
SUPERVISOR_PORT = 6444


@dataclass(frozen=True)
class Layout:
    """Folders of one node."""

    data_dir: Path

    @property
    def server(self) -> Path:
        """The server's part: what a lost server's successor needs."""
        return self.data_dir / "server"

    @property
    def tls(self) -> Path:
        """Authorities, keys and certificates of the server."""
        return self.server / "tls"

    @property
    def credentials(self) -> Path:
        """Kubeconfigs of the server's own parts, and the key of secrets at rest."""
        return self.server / "cred"

    @property
    def manifests(self) -> Path:
        """Files that are applied to the cluster."""
        return self.server / "manifests"

    @property
    def agent(self) -> Path:
        """The node's part."""
        return self.data_dir / "agent"

    @property
    def containerd(self) -> Path:
        """Images and containers."""
        return self.agent / "containerd"

    @property
    def etc(self) -> Path:
        """Configuration that is written at each start."""
        return self.agent / "etc"
