"""What lies beside the programs of a server."""

import pytest


@pytest.fixture
def share(tmp_path):
    """Files as lab/nodes/real/k3s/bundle.py puts them there, small ones."""
    folder = tmp_path / "share"
    folder.mkdir()
    (folder / "traefik-crd.yaml").write_text("kind: CustomResourceDefinition\nmetadata: {name: a.traefik.io}\n")
    (folder / "traefik-rbac.yaml").write_text(
        "kind: ClusterRole\nmetadata: {name: other}\nrules: [{verbs: [get]}]\n---\nkind: ClusterRoleBinding\n"
    )
    (folder / "authority.pem").write_text("PEM\n")
    return folder
