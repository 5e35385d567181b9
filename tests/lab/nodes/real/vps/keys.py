"""Keys, user data and logins of the servers that the tests make."""

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from infra.components.access import render_user_data
from infra.scripts import load
from tests.waiting import patience, wait


@dataclass(frozen=True)
class Keys:
    """A deploy key and a host key, made by OpenSSH."""

    folder: Path

    def make(self):
        for name in ("deploy", "host"):
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(self.folder / name)]
            subprocess.run(command, check=True)
        return self

    def read(self, name):
        return (self.folder / name).read_text()

    def user_data(self, hostname):
        return render_user_data(hostname, self.read("host"), self.read("host.pub"), self.read("deploy.pub"))

    def ssh(self, address, command, stdin=None):
        """Logs in as the program does: with the deploy key, and no other host key than the one it gave."""
        known = self.folder / f"known-{address}"
        known.write_text(f"{address} {self.read('host.pub')}")
        options = {
            "UserKnownHostsFile": str(known),
            "StrictHostKeyChecking": "yes",
            "IdentitiesOnly": "yes",
            "BatchMode": "yes",
            "ConnectTimeout": "5",
        }
        flags = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
        return subprocess.run(
            ["ssh", "-F", "none", "-i", str(self.folder / "deploy"), *flags, f"root@{address}", command],
            input=stdin or "",
            capture_output=True,
            text=True,
            check=False,
            timeout=patience(120),
        )

    def answers(self, address, seconds=60):
        """Waits until a login works."""
        said = []

        def logs_in():
            done = self.ssh(address, "true")
            said.append(done.stderr)
            return done.returncode == 0

        wait(logs_in, lambda: f"a login: {said[-1]}", seconds)

    def data_volume(self, address, *, device, new, size_gib=1):
        """The stack's own script with the variables that the program gives it."""
        variables = {
            "VOLUME_IS_NEW": str(new).lower(),
            "SERVER_ID": "1",
            "DEVICE": device,
            "DEPLOYMENT": "shop",
            "SIZE_GIB": str(size_gib),
        }
        exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
        return self.ssh(address, exports + load("data_volume.sh"))
