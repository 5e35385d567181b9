"""The kubeconfig has k3s's shape: the stack puts the stable address in place of 127.0.0.1."""

import base64

import yaml

from lab.nodes.real.k3s.guest.kubeconfig import write


def test_shape(tmp_path):
    for name in ("server-ca.crt", "client-admin.crt", "client-admin.key"):
        (tmp_path / name).write_text(name)
    url = "https://127.0.0.1:6443"
    path = write(tmp_path / "k3s.yaml", url, tmp_path / "server-ca.crt", tmp_path / "client-admin", 0o640)
    content = yaml.safe_load(path.read_text())
    assert path.stat().st_mode & 0o777 == 0o640
    assert content["clusters"][0]["cluster"]["server"] == "https://127.0.0.1:6443"
    assert path.read_text().count("127.0.0.1") == 1
    user = content["users"][0]["user"]
    assert base64.b64decode(user["client-key-data"]) == b"client-admin.key"
    assert content["current-context"] == content["contexts"][0]["name"] == "default"
