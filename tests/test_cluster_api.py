"""The API server beside the engine; what it answers is in tests/config/test_live_bounds.py."""

import base64

import pytest
import yaml

from infra.cluster_api import Cluster


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
