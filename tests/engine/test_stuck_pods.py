"""A wrong image of a data service: the printed way back, "take the change back and update once more", works."""

import os
from dataclasses import replace

import pytest

from infra.program.stuck_pods import stuck_pods
from lab.nodes.simulated.api import MERGE_PATCH
from tests.engine.deployment import Deployment
from tests.waiting import patience, wait

pytestmark = pytest.mark.engine

BROKEN = "registry.invalid/library/postgres:17.11-trixie"
SETS, PODS = "/apis/apps/v1/namespaces/{}/statefulsets", "/api/v1/namespaces/{}/pods"
OWN = {
    "apiVersion": "apps/v1",
    "kind": "StatefulSet",
    "metadata": {"name": "probe", "namespace": "default"},
    "spec": {
        "replicas": 1,
        "serviceName": "probe",
        "selector": {"matchLabels": {"app": "probe"}},
        "template": {
            "metadata": {"labels": {"app": "probe"}},
            "spec": {"containers": [{"name": "one", "image": "registry.example/one:1"}]},
        },
    },
}


@pytest.fixture(scope="module")
def deployment():
    """Stage 1 at Hetzner."""
    made = Deployment(f"test-stuck-{os.getpid()}", "hetzner")
    made.up()
    yield made
    made.close()


def image(pod):
    return pod["spec"]["containers"][0]["image"] if pod else None


def test_the_controller_never_replaces_a_pod_that_is_not_ready(deployment):
    """Kubernetes' own, where no update of the stack looks: the right template alone does not help."""
    api, sets, pods = deployment.api(), SETS.format("default"), PODS.format("default")
    api.request("POST", sets, OWN)
    wait(lambda: (api.get(f"{pods}/probe-0") or {}).get("status", {}).get("phase") == "Running", "the pod")
    for wanted in (BROKEN, "registry.example/one:1"):
        containers = [{"name": "one", "image": wanted}]
        patch = {"spec": {"template": {"spec": {"containers": containers}}}}
        api.request("PATCH", f"{sets}/probe", patch, content_type=MERGE_PATCH)
        wait(lambda: image(api.get(f"{pods}/probe-0")) == BROKEN, "the pod that can't start")
    uid = api.get(f"{pods}/probe-0")["metadata"]["uid"]
    wait(lambda: list(stuck_pods(api.items(sets), api.items(pods))), "the controller's look at the right template")
    for _ in range(3):  # each change of the pod is one more look of the controller
        label = {"metadata": {"annotations": {"looked": os.urandom(4).hex()}}}
        api.request("PATCH", f"{pods}/probe-0", label, content_type=MERGE_PATCH)
        now = api.get(f"{pods}/probe-0")
        assert now["metadata"]["uid"] == uid
        assert "deletionTimestamp" not in now["metadata"]


def test_the_printed_way_back(deployment, monkeypatch):
    """A failed update leaves a pod that waits for ever; the next one brings the right image, and that pod goes."""
    package = deployment.lab.server.packages["kubernetes"]
    waits = package.update
    monkeypatch.setattr(package, "update", lambda call: waits(replace(call, timeout=patience(3))))  # not for minutes
    deployment.configure(images={"postgres": BROKEN})
    done = deployment.pulumi("up", "--yes", "--skip-preview")
    assert done.returncode != 0
    assert "no such host" in done.stdout
    monkeypatch.undo()
    api, pods = deployment.api(), PODS.format("app")
    left = api.get(f"{pods}/postgres-0")
    assert image(left) == BROKEN
    deployment.configure(images=None)
    steps = deployment.up()
    assert "StatefulSet postgres-stateful-set" in {step.short for step in steps}
    now = api.get(f"{pods}/postgres-0")
    assert now["metadata"]["uid"] != left["metadata"]["uid"]
    assert image(now).startswith("docker.io/library/postgres:17.")
    assert now["status"]["phase"] == "Running"
