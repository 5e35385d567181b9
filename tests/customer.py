"""A customer of an app that wants https: a browser whose redirects are not followed."""

import http.client
import re
import socket
import ssl
import urllib.parse
from http.cookies import SimpleCookie

from tests.waiting import patience


class Customer:
    """Pages of one host with cookies.

    Args:
        host: The app's address.
        port: Of a web pod on this machine, without traefik before it; None: by https.
        address: Where the host leads, by https.
        authority: A file with the root of its certificate.
    """

    def __init__(self, host, *, port=None, address=None, authority=None):
        self.host, self.port, self.address = host, port, address
        self.context = ssl.create_default_context(cafile=authority) if address else None
        self.cookies = SimpleCookie()

    def ask(self, path, form=None, proto="https"):
        """Status, headers, text."""
        headers = {"Origin": f"https://{self.host}", "Cookie": self._cookies()}
        if self.port:
            headers |= {"Host": self.host, "X-Forwarded-Proto": proto}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = self._connection()
        body = urllib.parse.urlencode(form) if form else None
        connection.request("POST" if form else "GET", path, body, headers)
        answer = connection.getresponse()
        for one in answer.headers.get_all("Set-Cookie", ()):
            self.cookies.load(one)
        return answer.status, answer.headers, answer.read().decode(errors="replace")  # a health page may be a picture

    def status(self, path):
        """0 where nobody answers."""
        try:
            return self.ask(path)[0]
        except (OSError, http.client.HTTPException):
            return 0

    def send(self, path, form):
        """A form with its token; the status."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.ask(path)[2])[1]
        return self.ask(path, {**form, "csrfmiddlewaretoken": token})[0]

    def _cookies(self):
        return "; ".join(f"{name}={one.value}" for name, one in self.cookies.items())

    def _connection(self):
        if self.port:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience(30))
        made = http.client.HTTPSConnection(self.host, context=self.context, timeout=patience(30))
        # The name leads to the app in the lab only; the certificate is the name's.
        made._create_connection = lambda _to, *more: socket.create_connection((self.address, 443), *more)
        return made
