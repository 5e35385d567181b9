"""Send the requests of `--online`; a token goes only to the address that was asked, never along a redirect."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.no_redirect import NoRedirect

_SECONDS = 5
_LONGEST = 4096  # bytes; no answer that is needed here is longer


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Hold an answer; without one, `status` is 0 and `text` says why."""

    status: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)


def get(url: str, token: str = "") -> Answer:
    """Send one GET; failures of the network are returned, not raised.

    Args:
        url: the address.
        token: sent as a bearer token unless it is empty.
    """
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
        # For a token with a line break, the library's own message would quote the token.
        said = type(error).__name__ if isinstance(error, ValueError) else str(reason)
        return Answer(status=0, text=said)
