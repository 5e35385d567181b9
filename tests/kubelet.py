"""Asks as the kubelet does: its HTTP probes, with what it makes of redirects."""

import http.client
from urllib.parse import urljoin, urlsplit

from tests.waiting import patience

MOST = 10  # redirects (kubernetes v1.36.3, pkg/probe/http: RedirectChecker)


def probe(spec, address, ports):
    """`success`, `warning` (a redirect to another host, which counts as success) or what failed.

    Args:
        spec: A probe of a manifest.
        address: The pod's.
        ports: Numbers by name.
    """
    get = spec["httpGet"]
    headers = {one["name"]: one["value"] for one in get.get("httpHeaders", [])}
    url = f"http://{address}:{ports[get['port']]}{get['path']}"
    try:
        return _get(url, headers, spec["timeoutSeconds"])
    except (OSError, http.client.HTTPException) as error:
        return f"failure: {type(error).__name__}: {error}"


def is_success(said):
    """What the kubelet makes of it (pkg/kubelet/prober: a warning is a success)."""
    return said in ("success", "warning")


def _get(url, headers, seconds):
    first = urlsplit(url).hostname
    for _ in range(MOST):
        parts = urlsplit(url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.netloc, timeout=patience(seconds))
        try:
            connection.request("GET", f"{parts.path}?{parts.query}".removesuffix("?"), headers=headers)
            answer = connection.getresponse()
        finally:
            connection.close()
        target = answer.getheader("Location")
        if not 300 <= answer.status < 400 or not target:
            return "success" if 200 <= answer.status < 400 else f"failure: HTTP {answer.status}"
        url = urljoin(url, target)
        if urlsplit(url).hostname != first:
            return "warning"
        if urlsplit(target).netloc:  # net/http keeps a Host of the caller's own only where the target is relative
            headers = {name: value for name, value in headers.items() if name != "Host"}
    return "failure: stopped after 10 redirects"
