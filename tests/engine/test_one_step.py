"""From the last stage to the first in one step, at the busiest hour, and up again (the other pairs: test_moves.py)."""

import os

import pytest

from tests.engine.deployment import Deployment
from tests.engine.moving import check, move

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def deployment():
    """A shop at stage 5."""
    made = Deployment(f"one-step-{os.getpid()}", "hetzner")
    made.configure(stage=5, rollout_minutes=3)
    made.up()
    yield made
    made.close()


def test_from_the_last_stage_to_the_first(deployment):
    check(deployment, 5)
    move(deployment, 1)
