"""Refuse redirects, because urllib would send the token to whatever host the answer names."""

from __future__ import annotations

import urllib.request
from typing import Any


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """This handler turns a redirect into an error with the redirect's own status."""

    def redirect_request(self, *_arguments: Any, **_more: Any) -> None:  # noqa: ANN401  the base's signature
        """Return None, which tells urllib to treat the redirect as an error."""
