"""What a Dockerfile says about its inputs: where it starts, what it copies, which packages it pins."""

from __future__ import annotations

import hashlib
import re
import shlex
from pathlib import Path

_GENERATED = ("__pycache__", ".pytest_cache")
_PIN = re.compile(r"(?:^|\s)([a-z0-9][a-z0-9.+-]+)=((?:\d+:)?\d[\w.+:~*-]*)")
# A Debian version's upstream part without epoch, as far as the pin states it.
_STATED = re.compile(r"(?:\d+:)?(\d+(?:\.\d+)*)(?:[.+*~-].*)?$")


def instructions(text: str) -> list[tuple[str, str]]:
    """Instructions with their arguments, continued lines joined, comments left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    words = (line.strip().split(maxsplit=1) for line in joined.splitlines() if line.strip())
    return [(word[0].upper(), word[1] if len(word) > 1 else "") for word in words]


def starts_from(text: str) -> str:
    """The image of the first FROM."""
    return next(argument.split()[0] for name, argument in instructions(text) if name == "FROM")


def copied(text: str) -> list[str]:
    """Paths in the context that COPY and ADD name; those of other build stages are no inputs."""
    found: list[str] = []
    for name, argument in instructions(text):
        words = shlex.split(argument) if name in ("COPY", "ADD") else []
        if words and not any(word.startswith("--from=") for word in words):
            found += [word for word in words if not word.startswith("--")][:-1]
    return found


def pins(text: str) -> dict[str, str]:
    """Debian packages with the versions that RUN pins, for example `redis-server=5:8.0.*`."""
    return {
        package: version
        for name, argument in instructions(text)
        if name == "RUN"
        for package, version in _PIN.findall(argument)
    }


def fits(tag: str, version: str) -> bool:
    """Whether a package's version or pin is what an image's tag says; a vaguer pin is not."""
    said = re.match(r"v?(\d+(?:\.\d+)*)", tag)
    stated = _STATED.match(version)
    if not said or not stated:
        return False
    numbers = said[1].split(".")
    return stated[1].split(".")[: len(numbers)] == numbers


def key(dockerfile: Path, context: Path, *inputs: str) -> str:
    """Hash of all that decides the image: the Dockerfile, the files that it copies, whatever else is given."""
    text = dockerfile.read_text()
    digest = hashlib.sha256(repr(inputs).encode() + text.encode())
    for source in copied(text):
        for path in _files(context / source):
            digest.update(f"{path.relative_to(context)} {path.stat().st_mode & 0o100:o}\n".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _files(source: Path) -> list[Path]:
    found = sorted(source.rglob("*")) if source.is_dir() else [source]
    return [path for path in found if path.is_file() and not set(path.parts) & set(_GENERATED)]
