"""The content that a part's answer depends on, as one key: another key means that it has to be proved again."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

from tests.proof.parts import ALWAYS, Proof

REPOSITORY = Path(__file__).resolve().parents[2]


def content_key(proof: Proof, repository: Path = REPOSITORY) -> str:
    """Hash of the files of a part, of their names, and of the Python that runs them."""
    digest = hashlib.sha256(f"{sys.version_info[:2]}\n".encode())
    for name in files_of(proof, repository):
        digest.update(f"{name}\n".encode())
        digest.update(hashlib.sha256((repository / name).read_bytes()).digest())
    return digest.hexdigest()[:16]


def files_of(proof: Proof, repository: Path = REPOSITORY) -> list[str]:
    """The files that a part depends on, of those that git tracks or would track, sorted by name.

    Raises:
        ValueError: one of the part's patterns matches no file, so that it would guard nothing.
    """
    names = _git(repository, "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    there = [name for name in names if (repository / name).is_file()]
    patterns = [*proof.depends, *ALWAYS, *(one.partition("::")[0] for one in proof.tests)]
    found: set[str] = set()
    for pattern in patterns:
        matching = {name for name in there if _matches(name, pattern)}
        if not matching:
            raise ValueError(f"tests/proof/parts.py: {proof.name} depends on {pattern}, which is no file")
        found |= matching
    return sorted(found)


def commit(repository: Path = REPOSITORY) -> str:
    """The commit that is checked out; `+` where files differ from it."""
    changed = _git(repository, "status", "--porcelain")
    return _git(repository, "rev-parse", "--short", "HEAD").strip() + ("+" if changed else "")


def _matches(name: str, pattern: str) -> bool:
    """A file by its name, a folder with all that is in it, or `*` for names within one folder."""
    if "*" in pattern:
        return name.count("/") == pattern.count("/") and fnmatchcase(name, pattern)
    return name == pattern or name.startswith(f"{pattern}/")


def _git(repository: Path, *arguments: str) -> str:
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
