"""A lab's names and certificates: an ACME server for tests (pebble), and the DNS server that everybody asks."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.errors import Problem, StagecoachError
from lab.nodes.real.vps.links import Links
from lab.nodes.real.vps.network import GATEWAY, Network
from lab.nodes.real.vps.record import FILE, load
from lab.paths import REPOSITORY, bin_dir

DNS_PORT, ACME_PORT = 53, 14000
_DNS_MANAGEMENT, _ACME_MANAGEMENT = "127.0.0.1:8055", "127.0.0.1:15000"  # in the lab's network
# The ACME server would wait some seconds before it looks, and refuse every twentieth nonce.
ACME_ENVIRONMENT = ("PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0")
_WEB, _WEBSECURE = 80, 443  # where a name's owner is asked to prove it
_NINETY_DAYS = 90 * 24 * 3600  # as Let's Encrypt issues them
_SECONDS = 30


def dns_command() -> list[str]:
    """A DNS server that knows the names that it was told, and no other."""
    nothing = [f"-{name}=" for name in ("defaultIPv4", "defaultIPv6", "http01", "https01", "tlsalpn01", "doh")]
    program = str(bin_dir() / "pebble-challtestsrv")
    return [program, *nothing, f"-dnsserver={GATEWAY}:{DNS_PORT}", f"-management={_DNS_MANAGEMENT}"]


def acme_command(folder: Path) -> list[str]:
    """An ACME server whose certificates nobody but its own root vouches for; its configuration goes into `folder`."""
    program = bin_dir() / "pebble"
    certificates = program.resolve().parent
    settings = {
        "listenAddress": f"{GATEWAY}:{ACME_PORT}",
        "managementListenAddress": _ACME_MANAGEMENT,
        "certificate": str(certificates / "cert.pem"),
        "privateKey": str(certificates / "key.pem"),
        "httpPort": _WEB,
        "tlsPort": _WEBSECURE,
        "ocspResponderURL": "",
        "externalAccountBindingRequired": False,
        "retryAfter": {"authz": 1, "order": 1},
        "keyAlgorithm": "ecdsa",
        "profiles": {"default": {"description": "as Let's Encrypt", "validityPeriod": _NINETY_DAYS}},
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "pebble.json"
    path.write_text(json.dumps({"pebble": settings}, indent=1))
    return [str(program), f"-config={path}", f"-dnsserver={GATEWAY}:{DNS_PORT}"]


def hosts_of(config: Mapping[str, Any]) -> list[str]:
    """The names of a stack file, in its order."""
    found = [config.get("stagecoach:domain"), *(config.get("stagecoach:domains") or [])]
    return [str(one) for one in found if one]


def lead_here(root: Path, hosts: Sequence[str], public_ip: str) -> None:
    """Names lead to the server with that public address: to the address that packets to it arrive under.

    Raises:
        StagecoachError: the lab has no such server, or its DNS server does not answer.
    """
    network = Network(root)
    folders = [
        path for path in (root / "vps").glob("*") if (path / FILE).exists() and load(path).public_ip == public_ip
    ]
    if len(folders) != 1:
        problem = Problem(
            path="public_ip", value=public_ip, allowed="no server of this lab", hint="Run `make up` first"
        )
        raise StagecoachError("the name can't point at the lab's server", [problem])
    address = Links(network, folders[0].name).arriving(load(folders[0]))
    for one in hosts:
        Names(root, network).put(one, address)


class Names:
    """What the DNS server was told; the file outlives it."""

    def __init__(self, root: Path, network: Network) -> None:
        self.network = network
        self._file = root / "names.json"

    @property
    def table(self) -> dict[str, str]:
        """Addresses by name."""
        found: dict[str, str] = json.loads(self._file.read_text()) if self._file.exists() else {}
        return found

    def put(self, name: str, address: str) -> None:
        """From now on the name leads there.

        Raises:
            StagecoachError: the DNS server does not answer.
        """
        self._tell("clear-a", {"host": f"{name}."})
        self._tell("add-a", {"host": f"{name}.", "addresses": [address]})
        self._write({**self.table, name: address})

    def forget(self, name: str) -> None:
        """From now on nobody knows it; raises as `put` does."""
        self._tell("clear-a", {"host": f"{name}."})
        self._write({one: address for one, address in self.table.items() if one != name})

    def restore(self) -> None:
        """Tells a DNS server that was just started what an earlier one knew; raises as `put` does."""
        for name, address in self.table.items():
            self._tell("add-a", {"host": f"{name}.", "addresses": [address]})

    def root_certificate(self) -> str:
        """What signs the ACME server's certificates, as PEM; another one after each of its starts."""
        return self._ask(f"https://{_ACME_MANAGEMENT}/roots/0")

    def _write(self, table: dict[str, str]) -> None:
        self._file.write_text(json.dumps(table, indent=1))

    def _tell(self, what: str, content: dict[str, object]) -> None:
        self._ask(f"http://{_DNS_MANAGEMENT}/{what}", json.dumps(content))

    def _ask(self, url: str, body: str = "") -> str:
        """By a process in the lab's network."""
        through = ["nsenter", f"--net={self.network.path}", "--", "env", f"PYTHONPATH={REPOSITORY}"]
        command = [*through, sys.executable, "-m", __name__, url]
        done = subprocess.run(command, input=body, capture_output=True, text=True, check=False, timeout=_SECONDS)
        if done.returncode:
            allowed = " ".join(done.stderr.strip().splitlines()[-1:]) or "no answer"
            hint = "See gateway/run/dns.log and acme.log in the lab's folder"
            raise StagecoachError(
                "the lab's DNS or ACME server does not answer",
                [Problem(path=url, value="", allowed=allowed, hint=hint)],
            )
        return done.stdout


def _main() -> None:
    """Asks one URL; what comes by standard input is posted."""
    body = sys.stdin.buffer.read() or None
    request = urllib.request.Request(sys.argv[1], data=body)  # noqa: S310  one of the two above
    # The management's certificate is for another name; nothing of it is trusted.
    context = ssl._create_unverified_context()  # noqa: S323, SLF001  its root is what is asked for
    for left in reversed(range(50)):  # it may have been started a moment ago
        try:
            with urllib.request.urlopen(request, timeout=5, context=context) as answer:  # noqa: S310  as above
                sys.stdout.write(answer.read().decode())
                return
        except OSError:
            if not left:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    _main()
