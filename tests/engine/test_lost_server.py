"""A server that is gone while its volume is not: what the Kubernetes provider answers, and the page's steps."""

import os
import re
import shlex

import pytest

from lab.paths import REPOSITORY
from tests.engine.deployment import STACK, Deployment

pytestmark = pytest.mark.engine

PAGE = REPOSITORY / "docs" / "how-to" / "lost-server.md"
SKIPPED = "Cluster is unreachable, skipping replaceUnready check"
NOT_READ = "failed to read resource state due to unreachable cluster"


@pytest.fixture(scope="module")
def lost():
    made = Deployment(f"lost-server-{os.getpid()}", "hetzner")
    made.up()
    made.cluster = uid(made)
    lose_the_server(made)
    yield made
    made.close()


def uid(deployment):
    return deployment.api().get("/api/v1/namespaces/app")["metadata"]["uid"]


def lose_the_server(deployment):
    """Hetzner's side of a deleted server: volume and address stay, what hung on the server is gone."""
    machines, store = deployment.lab.machines, deployment.lab.server.packages["hcloud"].cloud.store
    machines.stop_all()
    machines._servers.clear()
    for kind in ("server", "serverNetwork", "volumeAttachment"):
        for one in list(store.all(kind)):
            store.remove(kind, one)
    for kind in ("volume", "primaryIp"):
        for one, record in list(store.all(kind).items()):
            store.put(kind, one, {**record, "serverId": None})


class TestBeforeThePage:
    def test_a_preview_skips_what_it_cannot_ask(self, lost):
        done = lost.pulumi("preview")
        assert done.returncode == 0
        assert SKIPPED in done.stdout + done.stderr

    def test_a_preview_names_the_server_and_the_page(self, lost):
        said = " ".join(lost.pulumi("preview").stdout.split())
        assert "hetzner has no server shop with this deployment's label, although the state has one" in said
        assert "docs/how-to/lost-server.md" in said

    def test_a_refresh_of_everything_ends_with_an_error(self, lost):
        """And with advice that the page warns of."""
        done = lost.pulumi("refresh", "--yes", "--skip-preview")
        assert done.returncode != 0
        for words in (NOT_READ, "PULUMI_K8S_DELETE_UNREACHABLE"):
            assert words in done.stdout + done.stderr
            assert words in PAGE.read_text()
        assert any("Namespace" in urn for urn in lost.resources()), "objects stay in the state"


class TestPage:
    def test_its_steps_bring_the_same_cluster_back(self, lost):
        commands = re.findall(r"^pulumi (.*)$", PAGE.read_text(), re.MULTILINE)
        assert [command.split()[0] for command in commands] == ["refresh", "preview", "up"]
        for command in commands:
            words = shlex.split(command.replace(f"-s {STACK}", ""))
            done = lost.pulumi(*words, *(["--yes"] if words[0] != "preview" else []))
            assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
        assert uid(lost) == lost.cluster
        assert lost.preview() == []
        assert set(lost.pods()) == {"Running", "Succeeded"}
