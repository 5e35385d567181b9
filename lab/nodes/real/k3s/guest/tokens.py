"""The tokens by which nodes join, as files where k3s has them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path

from lab.nodes.real.k3s.guest import files
from lab.nodes.real.k3s.guest.layout import Layout
from lab.nodes.real.k3s.guest.refusal import RefusalError

_PREFIX = "K10"  # k3s's full format: K10<hash of the authority>::<user>:<password>


def keep_tokens(layout: Layout, authority: Path, token: str, agent_token: str) -> tuple[str, str]:
    """Writes server/token and server/agent-token; both passwords. Without one in the config it is made and kept.

    Raises:
        RefusalError: the data-dir was made with another token.
    """
    file = layout.server / "token"
    known = password_of(file.read_text().strip()) if file.exists() else ""
    wanted = password_of(token) or known or secrets.token_hex(16)
    if known and not hmac.compare_digest(known, wanted):
        raise RefusalError("bootstrap data already found and encrypted with different token")
    agent = password_of(agent_token) or wanted
    hashed = hash_of(authority.read_bytes())
    files.write_if_changed(file, f"{_PREFIX}{hashed}::server:{wanted}\n")
    files.write_if_changed(layout.server / "agent-token", f"{_PREFIX}{hashed}::node:{agent}\n")
    return wanted, agent


def password_of(token: str) -> str:
    """The secret part of a short or a full token."""
    return token.rsplit(":", 1)[-1] if token.startswith(_PREFIX) and "::" in token else token


def require_authority(token: str, authority: bytes) -> None:
    """A full token names the authority that it belongs to.

    Raises:
        RefusalError: the server has another one.
    """
    if token.startswith(_PREFIX) and "::" in token:
        expected = token.removeprefix(_PREFIX).split("::", 1)[0]
        if not hmac.compare_digest(expected, hash_of(authority)):
            raise RefusalError("token CA hash does not match the Cluster CA certificate hash")


def hash_of(authority: bytes) -> str:
    """SHA-256 of the authority's PEM file."""
    return hashlib.sha256(authority).hexdigest()
