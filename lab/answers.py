"""Whether the shop answers: a server that an update started again may not be there yet when the update has ended."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

import urllib3

_PAUSE, _TIMEOUT = 0.5, 5.0


def answers(outputs: dict[str, Any], health_path: str, patience: float = 0) -> bool:
    """Asks its server for the health page, under the shop's own name: a domain may point elsewhere or nowhere.

    Args:
        outputs: The stack's.
        health_path: Of the app, for example `/healthz`.
        patience: Seconds to go on asking after the first answer that is none.
    """
    host = urlsplit(str(outputs["url"])).netloc
    asked = f"http://{outputs['public_ip']}{health_path}"
    until = time.monotonic() + patience
    with urllib3.PoolManager(timeout=_TIMEOUT, retries=False) as pool:
        while not _is_open(pool, asked, host):
            if time.monotonic() >= until:
                return False
            time.sleep(_PAUSE)
    return True


def _is_open(pool: urllib3.PoolManager, address: str, host: str) -> bool:
    """A redirect to HTTPS, where there is a domain, is an answer."""
    try:
        return pool.request("GET", address, headers={"Host": host}, redirect=False).status < 400  # noqa: PLR2004  HTTP's errors
    except urllib3.exceptions.HTTPError:
        return False
