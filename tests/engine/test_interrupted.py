"""An answer that was lost at every object in the cluster: the page's way out of it.

A killed update leaves the same: the object is made, and the state does not know it (test_bad_days.py kills one).
"""

import os
import re

import pytest

from lab.paths import REPOSITORY
from lab.plugins.faults import Fault
from tests.engine.deployment import Deployment

pytestmark = pytest.mark.engine

PAGE = REPOSITORY / "docs" / "how-to" / "interrupted-update.md"
LOST = "connection reset by peer"
_MOST_UPDATES = 25  # the longest way through the graph is shorter


@pytest.fixture(scope="module")
def deployment():
    made = Deployment(f"interrupted-{os.getpid()}", "hetzner")
    yield made
    made.close()


@pytest.fixture
def by_the_page(monkeypatch):
    """Sets what the page's command sets, for one run."""
    (command,) = re.findall(r"^((?:PULUMI_K8S_\w+=\w+ )+)pulumi up", PAGE.read_text(), re.MULTILINE)
    for pair in command.split():
        monkeypatch.setenv(*pair.split("="))


def update(deployment):
    return deployment.pulumi("up", "--yes", "--skip-preview", "--suppress-outputs")


class TestEveryObject:
    def test_is_made_and_not_recorded(self, deployment):
        """Without the page's way the next update stops at the first of them."""
        objects = [step for step in deployment.preview() if step.type.startswith("kubernetes:")]
        assert len({step.type for step in objects}) > 15
        for step in objects:
            deployment.lab.faults.add(Fault(operation="create", match=step.urn, after=True, message=LOST))
        assert LOST in update(deployment).stdout
        assert 'namespaces "app" already exists' in update(deployment).stdout

    def test_is_adopted_by_the_page(self, deployment, by_the_page):
        """Each update gets one step further, until every object was lost once."""
        for _ in range(_MOST_UPDATES):
            done = update(deployment)
            if done.returncode == 0:
                break
            assert LOST in done.stdout, done.stdout[-3000:]
            assert "Timeout occurred" not in done.stdout
        assert done.returncode == 0
        assert deployment.lab.faults.armed() == []

    def test_nothing_is_left_to_do(self, deployment):
        """But to take the permission back: one change, of the provider."""
        assert [step.type for step in deployment.up()] == ["pulumi:providers:kubernetes"]
        assert deployment.preview() == []
        assert set(deployment.pods()) == {"Running", "Succeeded"}
