"""Check people's SSH keys; the program makes the stack's own key itself."""

from __future__ import annotations

import base64
import binascii
import subprocess
from collections.abc import Collection, Iterator
from itertools import pairwise
from pathlib import Path

from infra.operate.doctor.check import Check, missing, ok, warning

_HOW = "See docs/how-to/ssh-keys.md"


def ssh_key_checks(authorized: Collection[str], mine: Collection[str]) -> Iterator[Check]:
    """Check that the listed keys are valid, and that one of them belongs to this machine.

    Args:
        authorized: the stack file's `authorized_keys`.
        mine: this machine's public keys.
    """
    broken = [line for line in authorized if _key(line) is None]
    if broken:
        shown = ", ".join(repr(line[:24]) for line in broken)
        yield missing("SSH keys", f"no public key: {shown}", "One line each, as in ~/.ssh/id_ed25519.pub: type and key")
        return
    if not authorized:
        found = "authorized_keys is empty: pulumi logs in to the server with a key of its own, you can't"
        yield warning("SSH keys", found, f"Add your public key. {_HOW}")
        return
    own = {_key(line) for line in mine}
    known = sum(_key(line) in own for line in authorized)
    if known:
        yield ok("SSH keys", f"{len(authorized)} in authorized_keys, {known} of them of this machine")
    else:
        found = f"{len(authorized)} in authorized_keys, none of this machine: pulumi logs in, you do not"
        yield warning("SSH keys", found, _HOW)


def keys_of_this_machine(home: Path) -> list[str]:
    """Return the public keys in `~/.ssh/*.pub` and in the agent."""
    found = []
    for path in sorted((home / ".ssh").glob("*.pub")):
        try:
            found.append(path.read_text(errors="replace").strip())
        except OSError:
            continue
    try:
        agent = subprocess.run(["ssh-add", "-L"], capture_output=True, text=True, check=False, timeout=5)
    except (OSError, subprocess.TimeoutExpired):
        return found
    return [*found, *(agent.stdout.splitlines() if agent.returncode == 0 else [])]


def _key(line: str) -> str | None:
    """Return the base64 part, whose first field repeats the type (RFC 4253, 6.6); None for anything else."""
    words = line.split()
    for kind, text in pairwise(words):
        try:
            blob = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            continue
        length = int.from_bytes(blob[:4], "big")
        if kind and blob[4 : 4 + length] == kind.encode():
            return text
    return None
