"""Debian's exporters, Prometheus and Alertmanager on loopback, and who hears of their alerts."""

import base64
import json
import re
import shutil
import socketserver
import subprocess
import threading
import urllib.request
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.servers import free_port
from tests.waiting import patience, wait

_TYPES = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("", "_sum", "_count")}


def get(port, path="/metrics"):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=patience(10)) as answer:
        return answer.read().decode()


@contextmanager
def running(name, *arguments, port, **options):
    """One of Debian's programs until the block ends; `port` is where it answers."""
    program = shutil.which(name)
    assert program, f"{name} is missing: make programs"
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    child = subprocess.Popen([program, *arguments], **quiet, **options)
    try:
        wait(lambda: get(port), name)
        yield child
    finally:
        child.kill()
        child.wait(timeout=patience(10))


def exposed(text):
    """Names of the metrics that a page offers, also of those that have no sample yet."""
    types = re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE)
    return {name + suffix for name, kind in types for suffix in _TYPES.get(kind, ("",))}


class _Quiet(BaseHTTPRequestHandler):
    def log_message(self, *_):
        """Tests say what they expect."""


@contextmanager
def page(text):
    """A page of metrics; `text()` is asked at each scrape."""

    class Handler(_Quiet):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(text().encode())

    with _served(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        yield port


class Hooks:
    """What webhooks were sent, by path."""

    def __init__(self):
        self.calls = []

    def alerts(self, path):
        """(name, status) of the alerts that arrived under a path."""
        return {(one["labels"]["alertname"], one["status"]) for at, call in self.calls if at == path for one in call}

    @contextmanager
    def served(self):
        calls = self.calls

        class Handler(_Quiet):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                calls.append((self.path, json.loads(body)["alerts"]))
                self.send_response(200)
                self.end_headers()

        with _served(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
            yield port


class Mailbox:
    """A mail server that takes one login and keeps what it gets."""

    def __init__(self):
        self.logins, self.mails = [], []

    @contextmanager
    def served(self):
        box = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                self._say("220 sink")
                while line := self.rfile.readline().decode().strip():
                    self._command(line)

            def _say(self, text):
                self.wfile.write(f"{text}\r\n".encode())

            def _command(self, line):
                if line.startswith("EHLO"):
                    self._say("250-sink\r\n250 AUTH PLAIN")
                elif line.startswith("AUTH PLAIN "):
                    box.logins.append(base64.b64decode(line.split()[-1]).decode().split("\0")[1:])
                    self._say("235 welcome")
                elif line == "DATA":
                    self._say("354 go on")
                    lines = iter(self.rfile.readline, b".\r\n")
                    box.mails.append(message_from_bytes(b"".join(lines), policy=default))
                    self._say("250 kept")
                else:
                    self._say("221 bye" if line == "QUIT" else "250 ok")

        class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
            daemon_threads = True

        with _served(Server(("127.0.0.1", 0), Handler)) as port:
            yield port


@contextmanager
def _served(server):
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def prometheus(folder, config):
    """Prometheus with a configuration file's text in `folder`; its port."""
    port = free_port()
    (folder / "prometheus.yml").write_text(config)
    arguments = (
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
        "--rules.alert.resend-delay=1s",  # what is found before Alertmanager is would wait for a minute
    )
    with running("prometheus", *arguments, port=port, cwd=folder):
        yield port


@contextmanager
def alertmanager(folder, config):
    """Alertmanager with a configuration file's text in `folder`; its port."""
    port = free_port()
    (folder / "alertmanager.yml").write_text(config)
    arguments = (
        f"--config.file={folder}/alertmanager.yml",
        f"--storage.path={folder}/alertmanager",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    )
    with running("prometheus-alertmanager", *arguments, port=port, cwd=folder):
        yield port
