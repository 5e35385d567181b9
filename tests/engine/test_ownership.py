"""Who owns a field, under the real engine: the autoscaler's count in moves, and what somebody changed by hand."""

import os
import re
import threading

import pytest
import urllib3

from lab.nodes.simulated.api import MERGE_PATCH
from lab.paths import REPOSITORY
from tests.engine.deployment import Deployment

pytestmark = pytest.mark.engine

PAGE = REPOSITORY / "docs" / "how-to" / "changed-by-hand.md"
DEPLOYMENTS = "/apis/apps/v1/namespaces/app/deployments"
_LOOK_SECONDS = 0.1


@pytest.fixture(scope="module")
def deployment():
    made = Deployment(f"ownership-{os.getpid()}", "hetzner")
    yield made
    made.close()


@pytest.fixture
def by_the_page(monkeypatch):
    """Sets what the page's command sets, for one run."""
    (command,) = re.findall(r"^((?:PULUMI_K8S_\w+=\w+ )+)pulumi up", PAGE.read_text(), re.MULTILINE)
    for pair in command.split():
        monkeypatch.setenv(*pair.split("="))


def count(api, name):
    return api.get(f"{DEPLOYMENTS}/{name}")["spec"]["replicas"]


def autoscale(api, name, replicas):
    """What the autoscaler's controller does on a busy day; simulated pods use nothing."""
    path, body = f"{DEPLOYMENTS}/{name}/scale", {"spec": {"replicas": replicas}}
    api.request("PATCH", path, body, content_type=MERGE_PATCH, fieldManager="kube-controller-manager")


class Watch:
    """The smallest count that a Deployment asks for while something happens."""

    def __init__(self, api, name):
        self._api, self._name, self._ended = api, name, threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.least = count(api, name)

    def _look(self):
        while not self._ended.wait(_LOOK_SECONDS):
            try:
                self.least = min(self.least, count(self._api, self._name))
            except (urllib3.exceptions.HTTPError, TypeError):
                continue  # the server reboots for its resize

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()


class TestMoves:
    def test_up_keeps_the_pods_that_there_are(self, deployment):
        """Stage 1 names two web pods, at stage 2 an autoscaler owns them: one never serves alone."""
        deployment.configure(stage=1)
        deployment.up()
        deployment.configure(stage=2)
        with Watch(deployment.api(), "django") as watch:
            deployment.up()
        assert watch.least == 2
        assert deployment.preview() == []

    def test_an_update_leaves_the_autoscalers_count(self, deployment):
        api = deployment.api()
        autoscale(api, "django", 3)
        deployment.configure(env={"UPDATED": "1"})
        deployment.up()
        assert count(api, "django") == 3
        assert deployment.preview() == []

    def test_down_takes_it_back(self, deployment):
        """While the autoscaler holds more than the program names."""
        down(deployment, stage=1)

    def test_up_again_and_down_again(self, deployment):
        """The annotation goes with the count, and comes back."""
        for stage, forced in ((2, None), (1, "true")):
            deployment.configure(stage=stage)
            deployment.up()
            annotations = deployment.api().get(f"{DEPLOYMENTS}/django")["metadata"]["annotations"]
            assert annotations.get("pulumi.com/patchForce") == forced
            assert deployment.preview() == []


def test_down_from_the_stage_that_was_built_first():
    """The creation owned the count that the autoscaler took: it is the autoscaler's in the API server's eyes.

    By overrides: on the server of stage 2, whose disk can't shrink, stage 1 has room for its autoscalers.
    """
    made = Deployment(f"built-at-2-{os.getpid()}", "hetzner")
    try:
        made.configure(stage=2)
        made.up()
        down(
            made, overrides={"django": {"replicas": {"ceiling": 2}}, "pools": {"default": {"replicas": {"ceiling": 1}}}}
        )
    finally:
        made.close()


def down(deployment, **changes):
    """From stage 2 to fixed counts on a busy day; the preview has the change, and does not end there."""
    api = deployment.api()
    autoscale(api, "django", 3)
    autoscale(api, "celery-worker", 2)
    deployment.configure(**changes)
    changed = {step.name for step in deployment.preview() if step.op == "update"}
    assert {"django-deployment", "celery-worker-deployment"} <= changed
    deployment.up()
    assert (count(api, "django"), count(api, "celery-worker")) == (2, 1)
    assert deployment.preview() == []


class TestChangedByHand:
    """A limit of beat's container, in a desktop client; the stack file changes the same Deployment."""

    PATH = f"{DEPLOYMENTS}/celery-beat"

    def test_is_refused_before_anything_is_touched(self, deployment):
        """In the preview, by the field's name and its owner's."""
        api = deployment.api()
        container = api.get(self.PATH)["spec"]["template"]["spec"]["containers"][0]
        container["resources"]["limits"]["memory"] = "1Gi"
        body = {"spec": {"template": {"spec": {"containers": [container]}}}}
        api.request("PATCH", self.PATH, body, content_type=MERGE_PATCH, fieldManager="node-fetch")
        deployment.configure(env={"EDITED": "1"})
        for command in (("preview",), ("up", "--yes")):
            done = deployment.pulumi(*command)
            assert done.returncode != 0
            field = '.spec.template.spec.containers[name="beat"].resources.limits.memory'
            assert f'conflict with "node-fetch" using apps/v1: {field}' in done.stdout + done.stderr
        assert api.get(self.PATH)["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["memory"] == "1Gi"

    def test_is_taken_back_by_the_page(self, deployment, by_the_page):
        deployment.up()
        container = deployment.api().get(self.PATH)["spec"]["template"]["spec"]["containers"][0]
        assert container["resources"]["limits"]["memory"] != "1Gi"

    def test_nothing_is_left_to_do(self, deployment):
        """But to take the permission back: one change, of the provider."""
        assert [step.type for step in deployment.up()] == ["pulumi:providers:kubernetes"]
        assert deployment.preview() == []
