"""The pod of a command."""

import json
import os

import pytest

from infra.operate.run_pod import NAME, OWNER, PROCESS, in_pod, is_left_over, render_pod, this_owner


@pytest.fixture(scope="module")
def pod(shop_workloads):
    return render_pod(*shop_workloads, 600)


def test_is_the_migrations_pod(pod, shop_workloads):
    """Same variables, files, security and room: the plan has it."""
    job, _ = shop_workloads
    made, theirs = pod["spec"]["containers"][0], job["spec"]["template"]["spec"]["containers"][0]
    for key in ("image", "envFrom", "resources", "securityContext", "volumeMounts"):
        assert made[key] == theirs[key]
    assert pod["spec"]["securityContext"] == job["spec"]["template"]["spec"]["securityContext"]
    assert pod["spec"]["volumes"] == job["spec"]["template"]["spec"]["volumes"]
    assert pod["spec"]["automountServiceAccountToken"] is False
    assert pod["metadata"]["labels"]["app.kubernetes.io/component"] == "django-migrate"
    assert pod["metadata"]["labels"]["app.kubernetes.io/name"] == NAME


def test_pushes_nobody_away(pod):
    """Without a class its priority is 0, below every pod of the shop."""
    assert "priorityClassName" not in pod["spec"]


def test_ends_by_itself(pod):
    assert pod["spec"]["activeDeadlineSeconds"] == 600
    assert pod["spec"]["restartPolicy"] == "Never"


def test_has_the_image_that_serves(shop_workloads):
    """A failed update has left the next version's Job."""
    job, web = json.loads(json.dumps(shop_workloads))
    job["spec"]["template"]["spec"]["containers"][0] |= {"image": "shop:next", "envFrom": []}
    web["spec"]["template"]["spec"]["imagePullSecrets"] = [{"name": "registry"}]
    made = render_pod(job, web, 600)["spec"]
    theirs = web["spec"]["template"]["spec"]["containers"][0]
    assert (made["containers"][0]["image"], made["containers"][0]["envFrom"]) == (theirs["image"], theirs["envFrom"])
    assert made["imagePullSecrets"] == [{"name": "registry"}]


def test_waits_for_its_services():
    command = in_pod(["python", "manage.py", "createsuperuser"])
    assert command[:2] == ["python", "-c"]
    assert command[3:6] == ["30", "python", "-c"]
    assert command[-3:] == ["python", "manage.py", "createsuperuser"]


def left(owner, process, phase="Running"):
    return {"metadata": {"annotations": {OWNER: owner, PROCESS: process}}, "status": {"phase": phase}}


@pytest.mark.parametrize(
    ("pod", "expected"),
    [
        (left("ann@laptop", "1", "Succeeded"), True),
        (left("ann@laptop", "1", "Failed"), True),
        (left("ann@laptop", "1"), False),
        (left(this_owner(), str(os.getpid())), False),
        (left(this_owner(), "4194305"), True),  # above the kernel's largest
        (left(this_owner(), ""), True),
    ],
)
def test_left_over(pod, expected):
    assert is_left_over(pod) is expected
