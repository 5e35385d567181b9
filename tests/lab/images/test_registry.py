"""The registry and the file server over loopback, as a client of the OCI distribution API sees them."""

import base64
import hashlib
import http.client
import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from lab.images.ensure import ensure_images
from lab.images.registry import PASSWORD, USERNAME, FileServer, RegistryServer
from lab.images.store import Store
from tests.lab.images.layouts import LAYER, MANIFEST, new_store, stored
from tests.servers import free_port
from tests.waiting import patience, wait


@contextmanager
def serving(server):
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def ask(port, path, method="GET", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience(10))
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def failure(port, path):
    status, headers, body = ask(port, path)
    assert headers["Content-Type"] == "application/json"
    [error] = json.loads(body)["errors"]
    return status, error["code"], error["message"]


@pytest.fixture
def store(tmp_path):
    return new_store(tmp_path)


@pytest.fixture
def image(store, tmp_path):
    return stored(store, tmp_path / "one", "library/redis:8.0", b"layer " * 100_000)


@pytest.fixture
def port(store, image):
    with serving(RegistryServer(("127.0.0.1", 0), store)) as number:
        yield number


class TestPull:
    def test_the_version_check(self, port):
        assert ask(port, "/v2/")[0] == 200

    @pytest.mark.parametrize("query", ["", "?ns=docker.io"])
    def test_a_manifest_by_tag(self, port, image, query):
        """containerd says which registry it stands for."""
        status, headers, body = ask(port, f"/v2/library/redis/manifests/8.0{query}")
        assert (status, headers["Content-Type"], headers["Docker-Content-Digest"]) == (200, MANIFEST, image.digest)
        assert f"sha256:{hashlib.sha256(body).hexdigest()}" == image.digest

    def test_a_manifest_by_digest(self, port, image):
        by_tag = ask(port, "/v2/library/redis/manifests/8.0")[2]
        assert ask(port, f"/v2/library/redis/manifests/{image.digest}")[2] == by_tag

    def test_blobs(self, port):
        manifest = json.loads(ask(port, "/v2/library/redis/manifests/8.0")[2])
        for part in (manifest["config"], *manifest["layers"]):
            status, headers, body = ask(port, f"/v2/library/redis/blobs/{part['digest']}")
            assert (status, int(headers["Content-Length"]), len(body)) == (200, part["size"], part["size"])
            assert f"sha256:{hashlib.sha256(body).hexdigest()}" == part["digest"]
        assert manifest["layers"][0]["mediaType"] == LAYER

    def test_head_has_no_body(self, port, image):
        status, headers, body = ask(port, "/v2/library/redis/manifests/8.0", "HEAD")
        assert (status, int(headers["Content-Length"]), body) == (200, image.manifest_bytes, b"")
        assert headers["Docker-Content-Digest"] == image.digest

    def test_one_connection_for_all(self, port):
        """An answer to HEAD or an error must not leave a byte on the line."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience(10))
        wanted = [("HEAD", "library/redis", 200), ("GET", "no/such", 404), ("HEAD", "no/such", 404)]
        for method, name, expected in [*wanted, ("GET", "library/redis", 200)]:
            connection.request(method, f"/v2/{name}/manifests/8.0")
            answer = connection.getresponse()
            answer.read()
            assert answer.status == expected
        connection.close()

    def test_a_new_image_appears_without_a_restart(self, port, store, tmp_path):
        path = "/v2/lab/coredns/manifests/1.14.7"
        assert ask(port, path)[0] == 404
        made = stored(store, tmp_path / "two", "lab/coredns:1.14.7", b"coredns")
        assert ask(port, path)[1]["Docker-Content-Digest"] == made.digest

    def test_tags(self, port):
        assert json.loads(ask(port, "/v2/library/redis/tags/list")[2]) == {"name": "library/redis", "tags": ["8.0"]}


@pytest.mark.vps
def test_a_real_client(tmp_path):
    """Pulls what the lab made; buildah speaks the API as container runtimes do."""
    [made] = ensure_images(["lab/pause:0.2.1"])
    store = ["buildah", f"--root={tmp_path / 'root'}", f"--runroot={tmp_path / 'run'}", "--storage-driver=vfs"]
    with serving(RegistryServer(("127.0.0.1", 0), Store())) as port:
        name = f"127.0.0.1:{port}/lab/pause:0.2.1"
        subprocess.run([*store, "pull", "--quiet", "--tls-verify=false", name], check=True, capture_output=True)
        shown = subprocess.run(
            [*store, "images", "--digests", "--noheading"], check=True, capture_output=True, text=True
        )
        assert made.digest in shown.stdout
        missing = name.replace("pause", "none")
        done = subprocess.run(
            [*store, "pull", "--tls-verify=false", missing], capture_output=True, check=False, text=True
        )
        assert "the lab has no such image" in done.stderr


def basic(username, password):
    """The header of a client that was given both."""
    return {"Authorization": "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()}


class TestPrivate:
    """A part of the registry that asks for a password, for everything in it."""

    PATH = "/v2/lab/private/shop/manifests/1"

    @pytest.fixture
    def private(self, store, tmp_path):
        return stored(store, tmp_path / "private", "lab/private/shop:1", b"private layer")

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            basic(USERNAME, "wrong"),
            basic("somebody", PASSWORD),
            basic(USERNAME, ""),
            {"Authorization": "Basic"},
            {"Authorization": f"Bearer {PASSWORD}"},
            {"Authorization": "\xe9"},
        ],
    )
    @pytest.mark.parametrize("kind", ["manifests/1", "blobs/{digest}", "tags/list"])
    def test_not_without_it(self, port, private, headers, kind):
        """Asked for in the words of RFC 7617, and not shown."""
        path = f"/v2/lab/private/shop/{kind.format(digest=private.digest)}"
        status, answered, body = ask(port, path, **headers)
        assert (status, answered["WWW-Authenticate"]) == (401, 'Basic realm="the lab\'s private images"')
        assert json.loads(body)["errors"][0]["code"] == "UNAUTHORIZED"
        assert PASSWORD not in f"{answered}{body}"

    def test_with_it(self, port, private):
        status, headers, _ = ask(port, self.PATH, **basic(USERNAME, PASSWORD))
        assert (status, headers["Docker-Content-Digest"]) == (200, private.digest)
        assert ask(port, f"/v2/lab/private/shop/blobs/{private.digest}", **basic(USERNAME, PASSWORD))[0] == 200
        assert ask(port, self.PATH, "HEAD", **basic(USERNAME, PASSWORD))[::2] == (200, b"")

    def test_what_is_missing_is_not_told_to_strangers(self, port):
        path = "/v2/lab/private/other/manifests/1"
        assert failure(port, path)[:2] == (401, "UNAUTHORIZED")
        assert ask(port, path, **basic(USERNAME, PASSWORD))[0] == 404

    def test_the_rest_is_public(self, port, image):
        """Whatever a client sends along."""
        assert ask(port, "/v2/library/redis/manifests/8.0", **basic(USERNAME, "wrong"))[0] == 200


class TestErrors:
    """The codes of the distribution specification."""

    def test_another_tag(self, port):
        assert failure(port, "/v2/library/redis/manifests/9.9") == (404, "MANIFEST_UNKNOWN", "the lab has 8.0 of it")

    def test_another_image(self, port):
        code = failure(port, "/v2/library/nginx/manifests/1")
        assert code == (404, "NAME_UNKNOWN", "the lab has no such image")
        assert failure(port, "/v2/library/nginx/tags/list")[1] == "NAME_UNKNOWN"

    def test_what_the_lab_cannot_make(self, port):
        code = failure(port, "/v2/grafana/grafana/manifests/11.6.1")
        assert code == (404, "NAME_UNKNOWN", "Debian has no Grafana, so the lab has none")

    @pytest.mark.parametrize("digest", [f"sha256:{'0' * 64}", "sha256:..", "md5:1"])
    def test_another_blob(self, port, digest):
        assert failure(port, f"/v2/library/redis/blobs/{digest}")[:2] == (404, "BLOB_UNKNOWN")

    @pytest.mark.parametrize("path", ["/", "/v1/", "/v2/x/manifests/", "/v2/../../etc/passwd", "/v2/A/manifests/1"])
    def test_other_paths(self, port, path):
        assert failure(port, path)[:2] == (404, "UNSUPPORTED")

    @pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
    def test_nothing_can_be_written(self, port, method):
        assert ask(port, "/v2/library/redis/manifests/8.0", method)[0] == 501


class TestFiles:
    @pytest.fixture
    def files(self, tmp_path):
        folder = tmp_path / "files"
        folder.mkdir()
        (tmp_path / "secret").write_text("secret")
        (tmp_path / "built").write_bytes(b"#!program")
        (folder / "k3s").symlink_to(tmp_path / "built")
        with serving(FileServer(("127.0.0.1", 0), folder)) as number:
            yield number

    def test_a_file(self, files):
        status, headers, body = ask(files, "/k3s")
        assert (status, body, headers["Content-Length"]) == (200, b"#!program", "9")

    @pytest.mark.parametrize("path", ["/", "/none", "/../secret", "/%2e%2e/secret", "//etc/passwd", "/..%2fsecret"])
    def test_nothing_else(self, files, path):
        assert ask(files, path)[0] == 404


def test_the_command(tmp_path):
    """Both servers in one process, as the lab's gateway starts it."""
    store = new_store(tmp_path / "images")
    image = stored(store, tmp_path / "one", "library/redis:8.0", b"layer")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "k3s").write_text("program")
    port, files_port = free_port(), free_port()
    options = ["--listen", f"127.0.0.1:{port}", "--files", str(tmp_path / "files"), "--files-port", str(files_port)]
    child = subprocess.Popen(
        [sys.executable, "-m", "lab.images.registry", *options],
        env={**os.environ, "STAGECOACH_CACHE": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stderr.readline() == f"registry on 127.0.0.1:{port}, files on 127.0.0.1:{files_port}\n"
        wait(lambda: _listens(files_port) and _listens(port), "both ports")
        assert ask(port, "/v2/library/redis/manifests/8.0")[1]["Docker-Content-Digest"] == image.digest
        assert ask(files_port, "/k3s")[2] == b"program"
    finally:
        child.kill()
        child.communicate(timeout=patience(10))


def _listens(port):
    try:
        return ask(port, "/")[0] == 404
    except OSError:
        return False
