"""Kubeconfigs of people and of the cluster's own parts."""

from __future__ import annotations

import base64
from pathlib import Path

import yaml

from lab.nodes.real.k3s.guest import files


def render(url: str, authority: Path, client: Path) -> str:
    """A kubeconfig that holds its certificates, shaped as k3s writes it; `client` is the stem of `.crt` and `.key`."""
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "default", "cluster": {"server": url, "certificate-authority-data": _data(authority)}}],
        "users": [
            {
                "name": "default",
                "user": {
                    "client-certificate-data": _data(client.with_suffix(".crt")),
                    "client-key-data": _data(client.with_suffix(".key")),
                },
            },
        ],
        "contexts": [{"name": "default", "context": {"cluster": "default", "user": "default"}}],
        "current-context": "default",
    }
    return yaml.safe_dump(content, sort_keys=False)


def write(path: Path, url: str, authority: Path, client: Path, mode: int = 0o600) -> Path:
    """Writes it as a whole; the path."""
    files.write(path, render(url, authority, client), mode)
    return path


def _data(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
