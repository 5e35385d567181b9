"""What builds take from this machine: its Debian mirror and its settings of apt and pip; images keep none of it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.paths import cache_root

SUITE = "trixie"
_DEFAULT_MIRROR = "http://deb.debian.org/debian"
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
# How to reach a mirror; hooks, cleaners and index targets are the machine's own affair.
_ACQUIRE = re.compile(r"^Acquire::(?:http|https|ftp|Check-|Retries|ForceIPv|Allow)\S* \".*\";$")
_APT = ("apt.conf.d", "auth.conf.d", "keyrings", "sources.list")
_PIP = (
    "cert",
    "client-cert",
    "extra-index-url",
    "find-links",
    "index-url",
    "no-index",
    "proxy",
    "retries",
    "timeout",
    "trusted-host",
)


def mirror(targets: str) -> str:
    """The mirror among lines of `URI ORIGIN RELEASE`, as apt-get says them; Debian's own where there is none."""
    words = (line.split() for line in targets.splitlines())
    found = [word[0] for word in words if len(word) == 3 and word[1] == "Debian" and "-" not in word[2]]  # noqa: PLR2004  three columns
    return found[0].rstrip("/") if found else _DEFAULT_MIRROR


def machine_mirror() -> str:
    """Where this machine's apt gets Debian from."""
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI) $(ORIGIN) $(RELEASE)"]
    return mirror(_output(command))


def acquire_options(dump: str) -> list[str]:
    """The lines of `apt-config dump` that say how to reach a mirror."""
    lines = [line for line in dump.splitlines() if _ACQUIRE.match(line)]
    return [*lines, 'Acquire::Retries "3";', 'Acquire::Languages "none";', 'APT::Install-Recommends "false";']


def pip_options(listed: str) -> dict[str, str]:
    """What `pip config list` says about reaching an index; a variable wins over a file."""
    found = re.findall(r"^(\S+)\.([\w-]+)='(.*)'$", listed, re.MULTILINE)
    ordered = sorted(found, key=lambda one: one[0] == ":env:")
    return {name: value for _, name, value in ordered if name in _PIP}


def kept_packages() -> dict[Path, str]:
    """Folders of package lists and packages that builds share, each with its place in an image."""
    kept = cache_root() / "images"
    return {kept / "lists": "/var/lib/apt/lists", kept / "archives": "/var/cache/apt"}


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Folders of settings that a build sees in place of the image's own."""

    apt: Path  # its file `options` is for programs of this machine, the others are mounted
    pip: Path

    def volumes(self) -> list[str]:
        """Buildah's options; package lists and packages are downloaded once for several builds."""
        # A package may write there (postgresql-common does); what it writes goes with the settings.
        mounts = [(self.apt / name, f"/etc/apt/{name}", "rw") for name in _APT]
        mounts.append((self.pip, "/etc/xdg/pip", "ro"))
        for folder, inside in kept_packages().items():
            folder.mkdir(parents=True, exist_ok=True)
            mounts.append((folder, inside, "rw"))
        return [f"--volume={host}:{inside}:{mode}" for host, inside, mode in mounts]


@contextmanager
def machine_settings() -> Iterator[Machine]:
    """The settings as files, readable by root alone, for as long as the block runs."""
    with tempfile.TemporaryDirectory(prefix="stagecoach-build-") as folder:
        made = Machine(apt=Path(folder) / "apt", pip=Path(folder) / "pip")
        _write_apt(made.apt)
        _write_pip(made.pip)
        yield made


def _write_apt(folder: Path) -> None:
    for name in ("apt.conf.d", "auth.conf.d", "keyrings"):
        (folder / name).mkdir(parents=True)
    (folder / "sources.list").write_text(f"deb {machine_mirror()} {SUITE} main\n")
    options = acquire_options(_output(["apt-config", "dump"]))
    (folder / "options").write_text("\n".join(options) + "\n")
    if _CERTIFICATES.exists():
        shutil.copy(_CERTIFICATES, folder / "keyrings" / "certificates.pem")
        options.append('Acquire::https::CaInfo "/etc/apt/keyrings/certificates.pem";')
    (folder / "apt.conf.d" / "machine").write_text("\n".join(options) + "\n")
    given = [Path("/etc/apt/auth.conf"), *Path("/etc/apt/auth.conf.d").glob("*.conf")]
    for number, path in enumerate(path for path in given if path.is_file()):
        shutil.copy(path, folder / "auth.conf.d" / f"{number}.conf")


def _write_pip(folder: Path) -> None:
    folder.mkdir(parents=True)
    options = pip_options(_output([sys.executable, "-m", "pip", "config", "list"]))
    for name in ("cert", "client-cert"):
        if name in options:
            shutil.copy(options[name], folder / f"{name}.pem")
            options[name] = f"/etc/xdg/pip/{name}.pem"
    links = options.pop("find-links", "")
    if links and Path(links).is_dir():
        shutil.copytree(links, folder / "wheels")
        options["find-links"] = "/etc/xdg/pip/wheels"
    elif links and not links.startswith("/"):
        options["find-links"] = links
    lines = [f"{name} = {value}" for name, value in options.items()]
    (folder / "pip.conf").write_text("\n".join(["[global]", *lines]) + "\n")


def _output(command: list[str]) -> str:
    """A tool's answer; empty where the machine has no such tool."""
    if shutil.which(command[0]) is None:
        return ""
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout
