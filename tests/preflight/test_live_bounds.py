"""The bounds of a running deployment: the cluster's own where it answers, else those of the state."""

import base64
import http.server
import json
import socket
import ssl
import threading
from pathlib import Path

import pulumi
import pytest
import yaml

from infra.preflight import live_bounds
from infra.preflight.live_bounds import AwayError, ask_cluster, read_bounds
from lab.nodes.simulated.certificates import Authority
from tests.graphs import run
from tests.preflight.past import past

OURS = {"app.kubernetes.io/part-of": "stagecoach"}
ADDRESS = "127.0.0.1"


def item(name, spec, labels=OURS):
    return {"metadata": {"name": name, "labels": labels}, "spec": spec}


LISTS = {
    "resourcequotas": [
        item("quota", {"hard": {"pods": "20"}}),
        item("quota-requests-cpu", {"hard": {"requests.cpu": "2150m"}}),
        item("theirs", {"hard": {"pods": "1"}}, {}),
    ],
    "limitranges": [item("limits", {"limits": [{"type": "Container", "max": {"memory": "768Mi"}}]})],
    "horizontalpodautoscalers": [item("django", {"minReplicas": 2, "maxReplicas": 5})],
}


@pytest.fixture
def cluster(tmp_path):
    """An API server that has the lists above; its kubeconfig, and what it was asked."""
    authority, asked = Authority(tmp_path), []
    authority.server(ADDRESS, ("localhost",))

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        status, body = 200, None

        def do_GET(self):
            asked.append(self.path)
            body = self.body or json.dumps({"items": LISTS[self.path.rpartition("/")[2]]}).encode()
            self.send_response(self.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments):
            """Quiet."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.crt", tmp_path / "server.key")
    context.load_verify_locations(tmp_path / "ca.crt")
    context.verify_mode = ssl.CERT_REQUIRED
    server = http.server.ThreadingHTTPServer((ADDRESS, 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield kubeconfig(tmp_path, authority, f"https://{ADDRESS}:{server.server_port}"), asked, Handler
    server.shutdown()
    server.server_close()
    thread.join()


def kubeconfig(folder, authority, url):
    certificate, key = authority.client("admin", "system:admin", "system:masters")

    def data(path):
        return base64.b64encode(Path(path).read_bytes()).decode()

    user = {"client-certificate-data": data(certificate), "client-key-data": data(key)}
    cluster = {"server": url, "certificate-authority-data": data(folder / "ca.crt")}
    return yaml.safe_dump({"clusters": [{"cluster": cluster}], "users": [{"user": user}]})


def state(kubeconfig_text="", stage=5):
    """What stage 5 has recorded, with the kubeconfig of its provider."""
    made = past(run(stage))
    provider = {"type": "pulumi:providers:kubernetes", "outputs": {"kubeconfig": kubeconfig_text}}
    return {**{urn: one for urn, one in made.items() if not one["type"].startswith("pulumi:")}, "provider": provider}


class TestCluster:
    def test_its_answer_counts(self, cluster):
        """An update that was killed after the API server took a bound has not recorded it."""
        found = read_bounds(state(cluster[0]))
        assert found.quotas == {"quota": {"pods": "20"}, "quota-requests-cpu": {"requests.cpu": "2150m"}}
        assert found.container_memory == "768Mi"
        assert found.autoscalers == {"django": (2, 5)}

    def test_which_autoscalers_stay_is_the_states(self, cluster):
        """The engine would make one that it does not know once more."""
        assert read_bounds(state(cluster[0])).recorded_autoscalers == {"django", "celery-worker", "celery-worker-slow"}

    def test_is_asked_three_lists(self, cluster):
        read_bounds(state(cluster[0]))
        assert [path.rpartition("/")[2] for path in cluster[1]] == list(LISTS)
        assert all("/namespaces/app/" in path for path in cluster[1])


class TestState:
    def recorded(self):
        found = read_bounds(state())
        assert found.quotas["quota-requests-cpu"] == {"requests.cpu": "8650m"}
        assert found.container_memory == "2048Mi"
        assert found.autoscalers == {"django": (3, 6), "celery-worker": (2, 3), "celery-worker-slow": (1, 3)}

    @pytest.fixture
    def warnings(self, monkeypatch):
        said = []
        monkeypatch.setattr(pulumi.log, "warn", said.append)
        return said

    def test_counts_where_the_cluster_is_away(self, warnings):
        self.recorded()
        assert "The last recorded ones decide in which order they change" in warnings[0]

    def test_a_preview_says_nothing(self, warnings, monkeypatch):
        monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: True)
        self.recorded()
        assert warnings == []

    @pytest.mark.parametrize(
        ("status", "body", "said"),
        [
            (401, b"{}", "401 Unauthorized, the kubeconfig may have expired: see docs/how-to/renew-kubeconfig.md"),
            (403, b'{"message": "quotas is forbidden"}', "403 quotas is forbidden"),
            (502, b"<html>Bad Gateway</html>", "502 Bad Gateway"),
            (503, b"no", "503 Service Unavailable"),
            (500, b"[" * 100_000, "500 Internal Server Error"),
            (200, b"<html>", "the answer is no JSON object"),
            (200, b"[]", "the answer is no JSON object"),
            (200, b"{}", "the answer is no list of objects"),
            (200, b'{"items": 3}', "the answer is no list of objects"),
            (302, b"{}", "the answer is no list of objects"),
        ],
    )
    def test_counts_after_a_useless_answer(self, cluster, warnings, status, body, said):
        """An expired certificate, a server that starts, a proxy's page: what it was, in words."""
        cluster[2].status, cluster[2].body = status, body
        found = read_bounds(state(cluster[0]))
        assert found.quotas["quota"] == {"pods": "30"}
        [warning] = warnings
        assert f"({said})" in warning

    def test_half_made_resources(self):
        """A killed update saves resources without outputs."""
        kinds = ("core/v1:ResourceQuota", "core/v1:LimitRange", "autoscaling/v2:HorizontalPodAutoscaler")
        empty = {kind: {"type": f"kubernetes:{kind}"} for kind in kinds}
        none = {kind: {"type": f"kubernetes:{kind}", "outputs": None} for kind in kinds}
        for made in (empty, none, {"provider": {"type": "pulumi:providers:kubernetes"}}):
            assert not read_bounds(made).built

    def test_a_new_stack_asks_nobody(self, cluster):
        provider = {"type": "pulumi:providers:kubernetes", "outputs": {"kubeconfig": cluster[0]}}
        assert not read_bounds({"provider": provider}).built
        assert cluster[1] == []


class TestAway:
    def test_a_server_that_never_answers_is_not_waited_for(self, monkeypatch, tmp_path):
        """A firewall that drops: bounded for every request."""
        monkeypatch.setattr(live_bounds, "SECONDS", 0.2)
        authority = Authority(tmp_path)
        authority.server(ADDRESS, ())
        with socket.create_server((ADDRESS, 0)) as silent, pytest.raises(AwayError):
            ask_cluster(kubeconfig(tmp_path, authority, f"https://{ADDRESS}:{silent.getsockname()[1]}"))

    @pytest.mark.parametrize("text", ["", "a: b", "[]", "clusters: []", "{", "clusters: [{cluster: {server: x}}]"])
    def test_a_kubeconfig_of_another_kind(self, text):
        with pytest.raises(AwayError):
            ask_cluster(text)

    def test_somebody_elses_certificate(self, cluster, tmp_path):
        """The address of a server that was lost has gone to another one."""
        other = tmp_path / "other"
        other.mkdir()
        url = yaml.safe_load(cluster[0])["clusters"][0]["cluster"]["server"]
        authority = Authority(other)
        authority.server(ADDRESS, ())
        with pytest.raises(AwayError, match="CERTIFICATE_VERIFY_FAILED"):
            ask_cluster(kubeconfig(other, authority, url))

    def test_the_key_is_never_said(self, cluster):
        broken = cluster[0].replace("client-key-data: ", "client-key-data: c2VjcmV0")
        with pytest.raises(AwayError) as error:
            ask_cluster(broken)
        assert "c2VjcmV0" not in str(error.value)
