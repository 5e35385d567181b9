"""From the last stage to the first in one step, at the busiest hour, and up again (the other pairs: test_moves.py)."""

import os

import pytest

from tests.engine.deployment import STACK, Deployment
from tests.engine.moving import move

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def deployment():
    """A shop that began at stage 1, so that its server can become that small again."""
    made = Deployment(f"one-step-{os.getpid()}", "hetzner")
    made.configure(stage=1, rollout_minutes=3)
    made.up()
    yield made
    made.close()


def test_to_the_last_stage(deployment):
    move(deployment, 5)


def test_from_there_to_the_first(deployment):
    """The server is a small one again: old pods and new ones do not fit beside each other."""
    move(deployment, 1)
    assert deployment.cli.outputs(STACK, deployment.workspace.folder)["instance_type"] == "cx23"
