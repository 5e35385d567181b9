"""Requests of `--online`; a token goes to the address that was asked and nowhere else."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.no_redirect import NoRedirect

_SECONDS = 5
_LONGEST = 4096  # bytes; nothing that is asked for has more to say


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`status` is 0 where there was none; then `text` says why."""

    status: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)


def get(url: str, token: str = "") -> Answer:
    """One GET; never raises for what the network does."""
    headers = {"User-Agent": "stagecoach-doctor", **({"Authorization": f"Bearer {token}"} if token else {})}
    try:
        request = urllib.request.Request(url, headers=headers)  # noqa: S310  the caller's own URLs
        with urllib.request.build_opener(NoRedirect).open(request, timeout=_SECONDS) as answer:
            text = answer.read(_LONGEST).decode(errors="replace")
            return Answer(status=answer.status, text=text, headers=dict(answer.headers))
    except urllib.error.HTTPError as error:
        return Answer(status=error.code, text=str(error.reason), headers=dict(error.headers))
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        # A token with a line break in it is quoted by the library's own message.
        said = type(error).__name__ if isinstance(error, ValueError) else str(reason)
        return Answer(status=0, text=said)
