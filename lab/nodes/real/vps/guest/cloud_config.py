"""User data of the kind `#cloud-config`, as far as the stack renders it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_HEADER = "#cloud-config"
# package_update and disable_root=false need nothing to be done: there is nothing to update, root may log in.
_KNOWN = {
    "hostname",
    "ssh_deletekeys",
    "ssh_keys",
    "ssh_authorized_keys",
    "disable_root",
    "ssh_pwauth",
    "package_update",
    "runcmd",
}


@dataclass(frozen=True, kw_only=True)
class CloudConfig:
    """What a first boot does."""

    hostname: str
    authorized_keys: tuple[str, ...]
    host_keys: dict[str, str]  # by file name
    delete_keys: bool
    password_login: bool
    runcmd: str


def parse(text: str, name: str) -> CloudConfig:
    """The cloud-config of a server with that name; empty user data is allowed.

    Raises:
        ValueError: it is no cloud-config, or names a module that is not played here.
    """
    if text.strip() and not text.startswith(_HEADER):
        raise ValueError(f"user data does not start with {_HEADER}")
    content: dict[str, Any] = yaml.safe_load(text) or {}
    unknown = sorted(content.keys() - _KNOWN)
    if unknown:
        raise ValueError(f"not known to the lab's first boot: {', '.join(unknown)}")
    keys = {}
    for key, value in content.get("ssh_keys", {}).items():
        kind, _, part = key.rpartition("_")
        keys[f"ssh_host_{kind}_key{'.pub' if part == 'public' else ''}"] = value.rstrip("\n") + "\n"
    return CloudConfig(
        hostname=content.get("hostname") or name,
        authorized_keys=tuple(content.get("ssh_authorized_keys", ())),
        host_keys=keys,
        delete_keys=content.get("ssh_deletekeys", True),
        password_login=bool(content.get("ssh_pwauth", False)),
        runcmd="".join(_line(one) for one in content.get("runcmd", ())),
    )


def _line(command: str | list[str]) -> str:
    return f"{command if isinstance(command, str) else shlex.join(command)}\n"


def apply(config: CloudConfig, root: Path = Path("/")) -> None:
    """Writes names and keys; all of it before SSH starts."""
    (root / "etc/hostname").write_text(f"{config.hostname}\n")
    (root / "etc/hosts").write_text(f"127.0.1.1 {config.hostname}\n127.0.0.1 localhost\n::1 localhost\n")
    ssh = root / "etc/ssh"
    if config.delete_keys:
        for key in ssh.glob("ssh_host_*"):
            key.unlink()
    for name, text in config.host_keys.items():
        _write(ssh / name, text, 0o644 if name.endswith(".pub") else 0o600)
    allowed = "yes" if config.password_login else "no"
    _write(ssh / "sshd_config.d/50-cloud-init.conf", f"PasswordAuthentication {allowed}\n", 0o600)
    home = root / "root/.ssh"
    home.mkdir(mode=0o700, exist_ok=True)
    _write(home / "authorized_keys", "".join(f"{key}\n" for key in config.authorized_keys), 0o600)


def _write(path: Path, text: str, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode)
    path.chmod(mode)
    path.write_text(text)
