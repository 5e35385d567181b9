"""containerd: its configuration, its command line, and what a reboot leaves of it."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from pathlib import Path

from lab.nodes.real.k3s.guest import files
from lab.nodes.real.k3s.guest.layout import CNI_PROGRAMS, CONTAINERD_SOCKET, RUN, Layout

REGISTRY = "http://100.64.0.1:5000"  # the lab's, in every lab's network
PAUSE = "lab.stagecoach.dev/lab/pause:0.2.1"
_SHIM = "containerd-shim"
_UNUSED = ("aufs", "btrfs", "devmapper", "zfs")  # snapshotters that would be tried at each start

_CONFIG = """\
version = 2
root = "{root}"
state = "{state}"
disabled_plugins = [{unused}]
[grpc]
  address = "{socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause}"
  enable_selinux = false
  disable_apparmor = true
  enable_unprivileged_ports = true
  enable_unprivileged_icmp = true
  # Without the capability to lower scores, runc could not start a container.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{cni_programs}"
    conf_dir = "{cni}"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    # Images would take the disk twice: as they came and unpacked.
    discard_unpacked_layers = true
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    base_runtime_spec = "{spec}"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "{registries}"
"""
# A container's /proc is the kernel's, which knows the whole machine: what the server shows in their place is mounted
# over them, so that an exporter in a container measures the server.
_SHOWN = ("meminfo", "stat", "cpuinfo")
# For every registry's name: what the lab's registry lacks is not looked for elsewhere.
_HOSTS = """\
server = "{registry}"
[host."{registry}"]
  capabilities = ["pull", "resolve"]
"""


def containerd(layout: Layout) -> list[str]:
    """Writes the configuration; the command line."""
    config, registries = layout.etc / "containerd" / "config.toml", layout.etc / "containerd" / "certs.d"
    state = RUN / "containerd"
    spec = layout.etc / "containerd" / "spec.json"
    files.write_if_changed(spec, container_spec(_default_spec()))
    files.write_if_changed(registries / "_default" / "hosts.toml", _HOSTS.format(registry=REGISTRY))
    text = _CONFIG.format(
        root=layout.containerd,
        state=state,
        unused=", ".join(f'"io.containerd.snapshotter.v1.{name}"' for name in _UNUSED),
        socket=CONTAINERD_SOCKET,
        pause=PAUSE,
        spec=spec,
        cni_programs=CNI_PROGRAMS,
        cni=cni_folder(layout),
        registries=registries,
    )
    files.write_if_changed(config, text)
    if not shims_run():
        # Of containers that a power cut ended: containerd would try to reach their shims one by one.
        shutil.rmtree(state, ignore_errors=True)
    return ["containerd", "--config", str(config), "--log-level", "warn"]


def container_spec(default: str) -> str:
    """What every container starts from: containerd's own and the server's files."""
    spec = json.loads(default)
    for name in _SHOWN:
        path = f"/proc/{name}"
        spec["mounts"].append({"destination": path, "type": "bind", "source": path, "options": ["bind", "ro"]})
    return json.dumps(spec, indent=2)


def _default_spec() -> str:
    return subprocess.run(["ctr", "oci", "spec"], capture_output=True, text=True, check=True).stdout


def listens(address: Path = CONTAINERD_SOCKET) -> bool:
    """Whether somebody takes calls at the socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        return client.connect_ex(str(address)) == 0


def cni_folder(layout: Layout) -> Path:
    """Where the pods' network is described."""
    return layout.etc / "cni" / "net.d"


def shims_run(processes: Path = Path("/proc")) -> bool:
    """Whether containers of an earlier k3s go on."""
    for one in processes.glob("[0-9]*/comm"):
        try:
            if one.read_text().startswith(_SHIM):
                return True
        except OSError:  # it ended meanwhile
            continue
    return False
