"""One server's control plane: real etcd, API server, controller manager and scheduler."""

from __future__ import annotations

import base64
import socket
import time
from http import HTTPStatus
from pathlib import Path

import urllib3
import yaml

from infra.errors import Problem, StagecoachError
from lab.nodes.simulated.certificates import Authority
from lab.nodes.simulated.processes import Processes

API_PORT = 6443  # k3s's own
ETCD_PORT, PEER_PORT, MANAGER_PORT, SCHEDULER_PORT = 2379, 2380, 10257, 10259
_READY_SECONDS = 90
_RELEASE_SECONDS = 10
_SERVICE_NAMES = ("kubernetes", "kubernetes.default", "kubernetes.default.svc", "localhost")


class ControlPlane:
    """Listens on one loopback address only, so that several run side by side with their usual ports."""

    def __init__(self, root: Path, address: str, programs: Path) -> None:
        self.root = root
        self.address = address
        self.programs = programs
        self.processes = Processes(root / "run")
        self.authority = Authority(root / "pki")

    @property
    def url(self) -> str:
        """Where the API server listens."""
        return f"https://{self.address}:{API_PORT}"

    def kubeconfig(self) -> str:
        """An administrator's kubeconfig, shaped as k3s writes it."""
        certificate, key = self.authority.client("admin", "system:admin", "system:masters")
        ca = self.root / "pki" / "ca.crt"
        return _kubeconfig(self.url, ca, certificate, key)

    def start(self) -> None:
        """Starts all four and waits until the API server is ready.

        Raises:
            StagecoachError: a port is taken, or a program ended; the message has its last lines.
        """
        self._require_ports(_RELEASE_SECONDS if self.processes.sweep() else 0)
        self._write_files()
        api = self._api_server()
        self.processes.start("etcd", self._etcd())
        self.processes.start("kube-apiserver", api)
        self._wait()
        self.processes.start("kube-controller-manager", self._manager())
        self.processes.start("kube-scheduler", self._scheduler())

    def stop(self) -> None:
        """Ends all four; what they stored stays."""
        self.processes.stop()

    def _require_ports(self, seconds: float) -> None:
        """Threads of a program that was just killed may hold its sockets a little longer than its process id."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                self._bind_all()
            except StagecoachError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return

    def _bind_all(self) -> None:
        for port in (API_PORT, ETCD_PORT, PEER_PORT, MANAGER_PORT, SCHEDULER_PORT):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((self.address, port))
                except OSError as error:
                    raise StagecoachError("the lab cannot listen", [_busy(self.address, port, error)]) from error

    def _write_files(self) -> None:
        (self.root / "run").mkdir(parents=True, exist_ok=True)
        self.authority.server(self.address, _SERVICE_NAMES)
        self.authority.service_accounts()
        for name, user in (("manager", "system:kube-controller-manager"), ("scheduler", "system:kube-scheduler")):
            certificate, key = self.authority.client(name, user, "system:masters")
            text = _kubeconfig(self.url, self.root / "pki" / "ca.crt", certificate, key)
            (self.root / f"{name}.kubeconfig").write_text(text)

    def _etcd(self) -> list[str]:
        client, peer = f"http://{self.address}:{ETCD_PORT}", f"http://{self.address}:{PEER_PORT}"
        return [
            str(self.programs / "etcd"),
            f"--data-dir={self.root / 'etcd'}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
            "--unsafe-no-fsync",  # a simulated node has no power to cut
            "--log-level=warn",
        ]

    def _api_server(self) -> list[str]:
        pki = self.root / "pki"
        return [
            str(self.programs / "kube"),
            "kube-apiserver",
            f"--bind-address={self.address}",
            f"--advertise-address={self.address}",
            f"--secure-port={API_PORT}",
            f"--etcd-servers=http://{self.address}:{ETCD_PORT}",
            f"--client-ca-file={pki / 'ca.crt'}",
            f"--tls-cert-file={pki / 'server.crt'}",
            f"--tls-private-key-file={pki / 'server.key'}",
            "--service-cluster-ip-range=10.43.0.0/16",
            f"--service-account-key-file={pki / 'service-accounts.key'}",
            f"--service-account-signing-key-file={pki / 'service-accounts.key'}",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            "--endpoint-reconciler-type=none",
            "--allow-privileged=true",
        ]

    def _manager(self) -> list[str]:
        pki = self.root / "pki"
        return [
            str(self.programs / "kube"),
            "kube-controller-manager",
            *_client_flags(self.root / "manager.kubeconfig"),
            f"--bind-address={self.address}",
            f"--secure-port={MANAGER_PORT}",
            f"--service-account-private-key-file={pki / 'service-accounts.key'}",
            f"--root-ca-file={pki / 'ca.crt'}",
            "--use-service-account-credentials=true",
            # No kubelet renews a lease here: nodes are simulated, and their health is not in question.
            "--controllers=*,-nodeipam,-nodelifecycle,-cloud-node-lifecycle-controller",
        ]

    def _scheduler(self) -> list[str]:
        return [
            str(self.programs / "kube"),
            "kube-scheduler",
            *_client_flags(self.root / "scheduler.kubeconfig"),
            f"--bind-address={self.address}",
            f"--secure-port={SCHEDULER_PORT}",
        ]

    def _wait(self) -> None:
        pool = urllib3.PoolManager(ca_certs=str(self.root / "pki" / "ca.crt"), retries=False, timeout=2)
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            for name in self.processes.ended():
                text = self.processes.last_lines(name)
                self.processes.stop()
                raise StagecoachError(f"{name} ended", [_ended(name, text)])
            try:
                if pool.request("GET", f"{self.url}/readyz").status == HTTPStatus.OK:
                    return
            except urllib3.exceptions.HTTPError:
                pass
            time.sleep(0.1)
        self.processes.stop()
        raise StagecoachError("the API server did not become ready", [_ended("kube-apiserver", "see its log")])


def _client_flags(kubeconfig: Path) -> list[str]:
    flags = ("kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig")
    return [*(f"--{flag}={kubeconfig}" for flag in flags), "--leader-elect=false"]


def _kubeconfig(url: str, ca: Path, certificate: Path, key: Path) -> str:
    def data(path: Path) -> str:
        return base64.b64encode(path.read_bytes()).decode()

    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "default", "cluster": {"server": url, "certificate-authority-data": data(ca)}}],
        "users": [
            {"name": "default", "user": {"client-certificate-data": data(certificate), "client-key-data": data(key)}}
        ],
        "contexts": [{"name": "default", "context": {"cluster": "default", "user": "default"}}],
        "current-context": "default",
    }
    return yaml.safe_dump(content, sort_keys=False)


def _busy(address: str, port: int, error: OSError) -> Problem:
    hint = "End the program that listens there (`ss -ltnp`), or run `make reset`"
    return Problem(path="port", value=f"{address}:{port}", allowed=f"free, but {error.strerror}", hint=hint)


def _ended(name: str, text: str) -> Problem:
    return Problem(path=name, value="", allowed=f"running; it said\n{text}\n", hint="`make reset` starts anew")
