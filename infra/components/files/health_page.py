"""Asks this pod's own health page and ends with 0 if it answers; runs in the app's image as `python -c`.

The kubelet takes a redirect to another host for success, whatever the page behind it says (kubernetes,
pkg/probe/http: RedirectChecker). This one does not: it follows a redirect only within the pod.
It asks by the pod's own address: gunicorn believes a request from 127.0.0.1 that it came by https, traefik's not.
Arguments: port, path, and the Host header, which may be empty.
"""

import http.client
import socket
import sys
import urllib.parse

SECONDS = 4  # less than the probe's own 5
MOST = 10  # redirects, as the kubelet
SUCCESS, REDIRECT = 2, 3  # the first digit of HTTP's codes
PROXY = 'SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")'


def own_address() -> str:
    """Of this pod; nothing is sent: a datagram's socket has the address that it would go out by."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        try:
            found.connect(("192.0.2.1", 9))
        except OSError:  # no way out of here
            return "127.0.0.1"
        return str(found.getsockname()[0])


def main(port: int, path: str, host: str) -> "str | None":
    """What is wrong; None where the page answers 2xx."""
    headers = {"X-Forwarded-Proto": "https", "User-Agent": "stagecoach-startup-probe"}
    headers.update({"Host": host} if host else {})
    address = own_address()
    for _ in range(MOST):
        connection = http.client.HTTPConnection(address, port, timeout=SECONDS)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            return f"{path}: no answer on port {port}: {error}"
        finally:
            connection.close()
        kind, target = answer.status // 100, answer.getheader("Location") or ""
        if kind == SUCCESS:
            return None
        if kind != REDIRECT or not target:
            return f"{path} answers {answer.status}"
        parts = urllib.parse.urlsplit(target)
        if parts.netloc:
            return (
                f"{path} answers {answer.status} to {target}, where no probe can follow. Does Django redirect to https "
                f"although the request came by it? Set {PROXY}. Otherwise name the page itself in app.health_path"
            )
        path = urllib.parse.urljoin(path, target)
    return f"{path}: more than {MOST} redirects"


if __name__ == "__main__":
    problem = main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
    sys.exit(problem)
