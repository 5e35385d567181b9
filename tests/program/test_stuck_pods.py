"""Which pods a StatefulSet leaves as they are although its template is another one."""

import pytest

from infra.program.stuck_pods import stuck_pods


def stateful_set(*, generation=2, observed=2, newest="postgres-new", strategy="RollingUpdate"):
    return {
        "metadata": {"uid": "set", "generation": generation},
        "spec": {"updateStrategy": {"type": strategy}},
        "status": {"observedGeneration": observed, "updateRevision": newest},
    }


def pod(*, revision="postgres-old", ready="False", owner="set", ending=False):
    metadata = {
        "namespace": "app",
        "name": "postgres-0",
        "uid": "pod",
        "labels": {"controller-revision-hash": revision},
        "ownerReferences": [{"uid": owner, "controller": True}],
    }
    if ending:
        metadata["deletionTimestamp"] = "2026-11-30T00:00:00Z"
    return {"metadata": metadata, "status": {"conditions": [{"type": "Ready", "status": ready}]}}


def found(sets, pods):
    return [(one.namespace, one.name, one.uid) for one in stuck_pods(sets, pods)]


def test_one_of_an_earlier_template_that_is_not_ready():
    assert found([stateful_set()], [pod()]) == [("app", "postgres-0", "pod")]


def test_one_that_has_no_status_yet():
    """Pending: no node, no image."""
    assert found([stateful_set()], [{**pod(), "status": {"phase": "Pending"}}]) == [("app", "postgres-0", "pod")]


@pytest.mark.parametrize(
    ("sets", "pods"),
    [
        ([stateful_set()], [pod(ready="True")]),  # the controller replaces it
        ([stateful_set()], [pod(revision="postgres-new")]),  # the newest template itself is wrong
        ([stateful_set()], [pod(ending=True)]),
        ([stateful_set()], [pod(owner="another")]),
        ([stateful_set(observed=1)], [pod()]),  # which template is the newest is not known yet
        ([stateful_set(newest="")], [pod()]),
        ([stateful_set(strategy="OnDelete")], [pod()]),
        ([], [pod()]),
        ([stateful_set()], []),
        ([stateful_set()], [{"metadata": {"namespace": "app", "name": "one", "uid": "pod"}}]),  # nobody's
    ],
)
def test_every_other_one_is_left_alone(sets, pods):
    assert found(sets, pods) == []
