"""A move to a type that is sold out, on the real engine: refused before the server is touched; mended, it passes."""

import os
import re

import pytest

from lab.clouds.cloud import SOLD_OUT_FILE
from tests.engine.deployment import Deployment

pytestmark = pytest.mark.engine

REFUSED = "an instance type can't be had now; nothing was touched"


@pytest.fixture(scope="module")
def deployment():
    """A shop of stage 1; then Hetzner has no cx33 any more."""
    made = Deployment(f"orderable-{os.getpid()}", "hetzner")
    made.up()
    (made.root / SOLD_OUT_FILE).write_text("cx33\n")
    yield made
    made.close()


def server(deployment):
    (found,) = deployment.lab.server.packages["hcloud"].cloud.store.all("server").values()
    return found


class TestMoveToASoldOutType:
    @pytest.fixture(scope="class")
    @classmethod
    def refused(cls, deployment):
        deployment.configure(stage=2)
        before = server(deployment), deployment.resources()
        done = deployment.pulumi("up", "--yes", "--skip-preview")
        return before, done

    def test_is_refused(self, refused):
        """With the way out: what is passed over, what it then is and costs."""
        _, done = refused
        said = " ".join(done.stdout.split())
        assert done.returncode != 0
        assert REFUSED in said
        assert "stagecoach:instance_type = cx33" in said
        assert "sold out in nbg1" in said
        assert "Traceback" not in done.stdout + done.stderr

    def test_nothing_was_touched(self, deployment, refused):
        """The cloud's own record of the server, and every id in the state."""
        before, _ = refused
        assert server(deployment)["serverType"] == "cx23"
        assert (server(deployment), deployment.resources()) == before

    def test_the_preview_says_it_too(self, deployment, refused):
        """So that the pull request shows it."""
        done = deployment.pulumi("preview")
        assert done.returncode != 0
        assert REFUSED in " ".join(done.stdout.split())

    def test_what_it_says_passes(self, deployment, refused):
        """The line that was printed, in the stack file: the next candidate, in place."""
        (_, ids), done = refused
        named = re.search(r"stagecoach:catalog.sold_out to \[([\w, ]+)\]", " ".join(done.stdout.split()))[1]
        deployment.configure(catalog={"sold_out": named.split(", ")})
        deployment.up()
        assert server(deployment)["serverType"] == "cpx32"
        assert deployment.preview() == []
        after = deployment.resources()
        assert {urn: one for urn, one in after.items() if urn.endswith("::server-server")} == {
            urn: one for urn, one in ids.items() if urn.endswith("::server-server")
        }
