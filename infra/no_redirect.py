"""Requests that stay where they were sent: urllib would carry a token along to wherever an answer points."""

from __future__ import annotations

import urllib.request
from typing import Any


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """An answer that points elsewhere is an error with its own status."""

    def redirect_request(self, *_arguments: Any, **_more: Any) -> None:  # noqa: ANN401  the base's signature
        """None: the answer is taken as it is."""
