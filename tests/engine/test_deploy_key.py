"""A rotation of the deploy key on the engine: what each step touches, and that the state of before sees nothing."""

import os

import pytest

from tests.engine.deployment import Deployment
from tests.engine.test_warnings import update

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def deployment():
    """Stage 1 at Hetzner, with a Celery server."""
    made = Deployment(f"test-deploy-key-{os.getpid()}", "hetzner")
    made.configure(celery_servers={"count": 1})
    update(made)
    yield made
    made.close()


def commands(steps):
    return {
        name for name in steps if name.startswith(("data-volume", "authorized", "traefik", "k3s-", "celery-answers"))
    }


FILES = {"authorized-keys-file", "authorized-keys-celery-1-file"}


class TestRotation:
    """In this order."""

    def test_nothing_changes_before_it_begins(self, deployment):
        assert deployment.preview() == []

    def test_the_second_key_is_let_in(self, deployment):
        deployment.configure(deploy_keys=[1, 2])
        steps, _ = update(deployment)
        assert commands(steps) == FILES
        assert steps["access-deploy-key-2"] == "create"

    def test_it_is_used(self, deployment):
        deployment.configure(deploy_keys=[2, 1])
        steps, _ = update(deployment)
        assert commands(steps) == {*FILES, "k3s-agents-1-node"}
        assert set(steps.values()) <= {"create", "update", "delete"}

    def test_the_first_one_goes(self, deployment):
        deployment.configure(deploy_keys=[2])
        steps, _ = update(deployment)
        assert commands(steps) == FILES
        assert steps["access-deploy-key"] == "delete"
        assert deployment.preview() == []

    def test_a_celery_server_goes_over_the_new_one(self, deployment):
        """The engine runs its removal by the connection of the state."""
        deployment.configure(celery_servers={"count": 0})
        steps, _ = update(deployment)
        assert steps["k3s-agents-1-node"] == "delete"
