"""Where the lab keeps what it downloads, builds and runs: one folder outside the tree."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
TOOLS = REPOSITORY / "tools"


def cache_root() -> Path:
    """The one folder: ``$STAGECOACH_CACHE``, else ``~/.cache/stagecoach``."""
    return Path(os.environ.get("STAGECOACH_CACHE") or Path.home() / ".cache" / "stagecoach")


def bin_dir() -> Path:
    """Programs under their plain names; each is a link to a build keyed by its inputs."""
    return cache_root() / "bin"


def kubectl_cache() -> Path:
    """What kubectl keeps of clusters' kinds; by itself it would be in the home directory."""
    return cache_root() / "kubectl"


def full_disk_hint() -> str:
    """What to do when the one folder's disk is full."""
    return f"Free some space on the disk of {cache_root()}, then try again; `make reset` frees the lab's own"


def lab_root(name: str) -> Path:
    """State of one lab: its cloud, its servers, its Pulumi backend."""
    return cache_root() / "labs" / name
