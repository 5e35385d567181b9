"""An API that answers 503 once at every kind of resource: each next update goes on from there."""

import os
import re
import shlex

import pytest

from lab.paths import REPOSITORY
from lab.plugins.faults import Fault
from tests.engine.deployment import Deployment
from tests.plans import REGIONS

pytestmark = pytest.mark.engine

PAGE = REPOSITORY / "docs" / "how-to" / "interrupted-update.md"
_MOST_UPDATES = 25  # the longest way through the graph is shorter


@pytest.fixture(scope="module", params=sorted(REGIONS))
def deployment(request):
    made = Deployment(f"faults-{request.param}-{os.getpid()}", request.param)
    yield made
    made.close()


def until_it_succeeds(deployment):
    """Updates again and again, as `make up` does it; how often the API's answer ended one."""
    for failures in range(_MOST_UPDATES):
        done = deployment.pulumi("up", "--yes", "--skip-preview", "--suppress-outputs")
        if done.returncode == 0:
            return failures
        assert "injected fault: the API answered 503" in done.stdout, done.stdout[-3000:]
        deployment.recheck()
    raise AssertionError("it never succeeded")


class TestEveryKind:
    def test_create(self, deployment):
        """The first update, with one failure at each type that the program registers."""
        created = {step.type for step in deployment.preview() if step.op == "create"}
        types = {kind for kind in created if not kind.startswith(("pulumi:", "stagecoach:"))}
        assert len(types) > 25
        for kind in types:
            deployment.lab.faults.add(Fault(operation="create", match=f"{kind}::"))
        assert until_it_succeeds(deployment) > 3
        assert deployment.lab.faults.armed() == []
        assert deployment.preview() == []
        assert set(deployment.pods()) == {"Running", "Succeeded"}

    def test_update(self, deployment):
        """The move to stage 2, with one failure at each type that it changes in place."""
        deployment.configure(stage=2)
        types = {step.type for step in deployment.preview() if step.op == "update" and ":" in step.urn}
        types = {kind for kind in types if not kind.startswith("stagecoach:")}
        before = deployment.resources()
        for kind in types:
            deployment.lab.faults.add(Fault(operation="update", match=f"{kind}::"))
        assert until_it_succeeds(deployment) > 0
        assert deployment.lab.faults.armed() == []
        assert deployment.preview() == []
        after = deployment.resources()
        server = next(urn for urn in before if urn.endswith("::server-server"))
        assert before[server] == after[server]


class TestLostAnswer:
    """Hetzner names its objects uniquely: what was made but not recorded is found again by its name."""

    @pytest.fixture(scope="class")
    @classmethod
    def lost(cls):
        made = Deployment(f"lost-{os.getpid()}", "hetzner")
        kind = "hcloud:index/volume:Volume::"
        made.lab.faults.add(Fault(operation="create", match=kind, after=True, message="connection reset by peer"))
        yield made
        made.close()

    def test_the_documented_import(self, lost):
        """The page's own command, with the id that the cloud gave."""
        first = lost.pulumi("up", "--yes", "--skip-preview")
        assert "connection reset by peer" in first.stdout
        second = lost.pulumi("up", "--yes", "--skip-preview")
        assert "volume name is already used (uniqueness_error)" in second.stdout
        command = re.search(r"^pulumi (import hcloud:index/volume:Volume .*)$", PAGE.read_text(), re.MULTILINE)[1]
        made = next(iter(lost.lab.server.packages["hcloud"].cloud.store.all("volume")))
        words = shlex.split(command.replace("4711", made).replace("-s stage1", ""))
        done = lost.pulumi(*words, "--yes")
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        lost.up()
        assert lost.preview() == []
