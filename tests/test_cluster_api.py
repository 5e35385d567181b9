"""The API server beside the engine; what it answers is in tests/preflight/test_live_bounds.py."""

import base64
from urllib.parse import unquote_plus

import pytest
import yaml

from infra.cluster_api import Cluster


class TestQuery:
    """By way of the API server, which leads to the cluster's Prometheus."""

    def ask(self, monkeypatch, answer):
        asked = []
        monkeypatch.setattr(Cluster, "_request", lambda _, method, path: asked.append((method, path)) or answer)
        return Cluster.__new__(Cluster).query('up{job="x y"} == 1'), asked

    def test_the_series(self, monkeypatch):
        rows = [{"metric": {"instance": "shop"}, "value": [0, "1"]}]
        found, [(method, path)] = self.ask(monkeypatch, {"data": {"resultType": "vector", "result": rows}})
        assert (found, method) == (rows, "GET")
        assert path.startswith("/api/v1/namespaces/monitoring/services/prometheus:9090/proxy/api/v1/query?query=")
        assert unquote_plus(path).endswith('?query=up{job="x y"} == 1')

    @pytest.mark.parametrize("answer", [{}, {"data": []}, {"data": {"result": "1"}}, {"data": {"result": [1]}}])
    def test_something_else(self, monkeypatch, answer):
        with pytest.raises(OSError, match="no vector of Prometheus"):
            self.ask(monkeypatch, answer)


@pytest.mark.parametrize("text", ["", "[]", "clusters: []", "clusters: [{cluster: {server: https://x}}]\nusers: [{}]"])
def test_no_kubeconfig(text):
    with pytest.raises(ValueError, match="no kubeconfig with a client certificate"):
        Cluster(text)


def test_a_broken_certificate_is_not_quoted():
    secret = base64.b64encode(b"very-secret").decode()
    user = {"client-certificate-data": secret, "client-key-data": secret}
    cluster = {"server": "https://127.0.0.1:1", "certificate-authority-data": secret}
    text = yaml.safe_dump({"clusters": [{"cluster": cluster}], "users": [{"user": user}]})
    with pytest.raises(ValueError, match="no kubeconfig") as error:
        Cluster(text)
    assert "secret" not in str(error.value)
