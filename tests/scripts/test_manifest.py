"""A file in k3s's manifests folder."""

from infra.scripts import load
from tests.servers.stub_server import StubServer


def test_is_written_whole(tmp_path):
    """Nothing but the named file is left in the folder that k3s reads."""
    server = StubServer(tmp_path)
    for text in ("kind: First\n", "kind: Second\n"):
        done = server.run(load("manifest.sh"), text, MANIFEST="traefik-config.yaml")
        assert done.returncode == 0, done.stderr
    folder = tmp_path / "var/lib/stagecoach/k3s/server/manifests"
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"traefik-config.yaml": "kind: Second\n"}
