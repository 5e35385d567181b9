"""The lab's registry: the pull half of the OCI distribution API over the cache's images, and plain files.

Repositories under `lab/private/` are for those who know the password, as at a private registry.

`python -m lab.images.registry --listen ADDRESS:PORT [--files FOLDER --files-port 80]`; read-only, plain HTTP.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
import shutil
import sys
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

import typer

from lab.images.recipes import CANNOT
from lab.images.store import Image, Store

# No secrets: a rehearsal has to know them, and what lies there is nothing to hide.
PRIVATE, USERNAME, PASSWORD = "lab/private/", "lab", "only-for-rehearsals"
_BASIC = "Basic " + base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
_CHALLENGE = 'Basic realm="the lab\'s private images"'
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
# Names as the distribution specification allows them: nothing that leaves the folder.
_REPOSITORY = r"(?P<name>[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)"
_MANIFEST = re.compile(rf"/v2/{_REPOSITORY}/manifests/(?P<reference>[\w.:+-]+)")
_BLOB = re.compile(rf"/v2/{_REPOSITORY}/blobs/(?P<digest>[\w.:+-]+)")
_TAGS = re.compile(rf"/v2/{_REPOSITORY}/tags/list")


class _Handler(BaseHTTPRequestHandler):
    """GET and HEAD of files; whatever else is refused by http.server itself."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        """As GET, without a body."""
        self.do_GET()

    def do_GET(self) -> None:
        """Answers."""
        raise NotImplementedError

    def _json(self, code: int, content: object, headers: Mapping[str, str] | None = None) -> None:
        self._head(code, "application/json", len(text := json.dumps(content).encode()), headers)
        if self.command != "HEAD":
            self.wfile.write(text)

    def _file(self, path: Path, media_type: str, digest: str = "") -> None:
        with path.open("rb") as source:
            self._head(200, media_type, path.stat().st_size, {"Docker-Content-Digest": digest} if digest else None)
            if self.command != "HEAD":
                shutil.copyfileobj(source, self.wfile, 1024 * 1024)

    def _head(self, code: int, media_type: str, length: int, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(code)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Only what was not found: that is what somebody looks for."""
        if str(code) != "200":
            self.log_message('"%s" %s %s', self.requestline, str(code), str(size))


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle of a layer is nothing to report."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # as it came


class RegistryServer(_Server):
    """Serves a store; images that are added later appear at once."""

    def __init__(self, address: tuple[str, int], store: Store) -> None:
        self.store = store
        super().__init__(address, _Registry)


class _Registry(_Handler):
    server: RegistryServer

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path in ("/v2", "/v2/"):
            self._json(200, {})
        elif path.startswith(f"/v2/{PRIVATE}") and not self._knows_the_password():
            self._unauthorized(path)
        elif found := _MANIFEST.fullmatch(path):
            self._manifest(found["name"], found["reference"])
        elif found := _BLOB.fullmatch(path):
            self._blob(found["digest"])
        elif found := _TAGS.fullmatch(path):
            self._tags(found["name"])
        else:
            self._error("UNSUPPORTED", "this registry only serves pulls", path)

    def _manifest(self, name: str, reference: str) -> None:
        tags = _tags(self.server.store, name)
        found = next((one for tag, one in tags.items() if reference in (tag, one.digest)), None)
        if found and self.server.store.blob(found.digest).exists():
            self._file(self.server.store.blob(found.digest), found.media_type, found.digest)
        elif tags:
            self._error("MANIFEST_UNKNOWN", f"the lab has {', '.join(sorted(tags))} of it", f"{name}:{reference}")
        else:
            self._unknown(f"{name}:{reference}")

    def _blob(self, digest: str) -> None:
        if _DIGEST.fullmatch(digest) and self.server.store.blob(digest).exists():
            self._file(self.server.store.blob(digest), "application/octet-stream", digest)
        else:
            self._error("BLOB_UNKNOWN", "no such blob", digest)

    def _tags(self, name: str) -> None:
        tags = sorted(_tags(self.server.store, name))
        if tags:
            self._json(200, {"name": name, "tags": tags})
        else:
            self._unknown(name)

    def _knows_the_password(self) -> bool:
        return secrets.compare_digest(self.headers.get("Authorization", "").encode(), _BASIC.encode())

    def _unauthorized(self, path: str) -> None:
        content = {"errors": [{"code": "UNAUTHORIZED", "message": "user name or password is wrong", "detail": path}]}
        self._json(401, content, {"WWW-Authenticate": _CHALLENGE})

    def _unknown(self, name: str) -> None:
        self._error("NAME_UNKNOWN", CANNOT.get(name.partition(":")[0], "the lab has no such image"), name)

    def _error(self, code: str, message: str, detail: str) -> None:
        self._json(404, {"errors": [{"code": code, "message": message, "detail": detail}]})


def _tags(store: Store, repository: str) -> dict[str, Image]:
    named = ((one.name.partition(":"), one) for one in store.images())
    return {tag: one for (name, _, tag), one in named if name == repository}


class FileServer(_Server):
    """Serves the files of one folder, links followed, without lists of folders."""

    def __init__(self, address: tuple[str, int], folder: Path) -> None:
        self.folder = folder
        super().__init__(address, _Files)


class _Files(_Handler):
    server: FileServer

    def do_GET(self) -> None:
        words = unquote(urlsplit(self.path).path).strip("/").split("/")
        path = self.server.folder.joinpath(*words)
        if ".." in words or not path.is_file():
            self._json(404, {"errors": [{"code": "NOT_FOUND", "message": "no such file", "detail": self.path}]})
        else:
            self._file(path, "application/octet-stream")


def main(
    listen: Annotated[str, typer.Option(help="ADDRESS:PORT of the registry.")],
    files: Annotated[Path | None, typer.Option(help="Serve this folder's files, too.")] = None,
    files_port: Annotated[int, typer.Option(help="Their port, on the same address.")] = 80,
) -> None:
    """Serves the lab's images until it is ended."""
    host, _, port = listen.rpartition(":")
    if files is not None:
        threading.Thread(target=FileServer((host, files_port), files).serve_forever, daemon=True).start()
    server = RegistryServer((host, int(port)), Store())
    sys.stderr.write(f"registry on {listen}" + (f", files on {host}:{files_port}\n" if files else "\n"))
    sys.stderr.flush()
    server.serve_forever()


if __name__ == "__main__":
    typer.run(main)
