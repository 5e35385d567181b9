"""What answers on the lab's own address in its network: images, k3s's file, the end of e-mails, names, certificates."""

from __future__ import annotations

import sys
from pathlib import Path

from lab.nodes.real.k3s.bundle import k3s_file
from lab.nodes.real.vps.names import ACME_ENVIRONMENT, Names, acme_command, dns_command
from lab.nodes.real.vps.network import GATEWAY, MAIL_SERVER, Network
from lab.nodes.simulated.processes import Processes
from lab.paths import REPOSITORY

REGISTRY_PORT, FILES_PORT, SMTP_PORT = 5000, 80, 1025


class Gateway:
    """Programs in the lab's network; they are ended with the servers."""

    def __init__(self, root: Path, network: Network) -> None:
        self.network = network
        self.mails = root / "mails"
        self.folder = root / "gateway"
        self.names = Names(root, network)
        self.processes = Processes(self.folder / "run")
        self._started = False

    def start(self) -> None:
        """Starts what does not run; what a killed lab left is ended first."""
        if self._started:
            return
        self.processes.sweep()
        through = ["nsenter", f"--net={self.network.path}", "--", "env", f"PYTHONPATH={REPOSITORY}"]
        files = ["--files", str(k3s_file()[0].parent), "--files-port", str(FILES_PORT)]
        registry = ["-m", "lab.images.registry", "--listen", f"{GATEWAY}:{REGISTRY_PORT}", *files]
        self.processes.start("registry", [sys.executable, *registry], through)
        mail = [
            "-m",
            "aiosmtpd",
            "-n",
            "-l",
            f"{MAIL_SERVER}:{SMTP_PORT}",
            "-c",
            "lab.nodes.real.vps.mail.Sink",
            str(self.mails),
        ]
        self.processes.start("mail", [sys.executable, *mail], through)
        self.processes.start("dns", dns_command(), through)
        self.processes.start("acme", acme_command(self.folder), [*through, *ACME_ENVIRONMENT])
        self.names.restore()
        self._started = True

    def stop(self) -> None:
        """Ends all; mails and names stay."""
        self.processes.stop()
        self._started = False
