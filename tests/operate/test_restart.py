"""A restart as a rollout."""

import json

import pytest

from infra.errors import RefusedError
from infra.operate.kubectl import Kubectl
from infra.operate.parts import Part
from infra.operate.restart import downtime_of, progress, restart
from tests.operate.stub_kubectl import StubKubectl
from tests.operate.test_parts import NAMES, workload


def deployment(kind="Deployment", wanted=2, generation=2, **status):
    """As the API server returns one whose controller has seen generation 2."""
    status = {"observedGeneration": 2, **status}
    return {"kind": kind, "metadata": {"generation": generation}, "spec": {"replicas": wanted}, "status": status}


def ending(count):
    return [{"metadata": {"deletionTimestamp": "now"}}] * count


@pytest.mark.parametrize(
    ("found", "pods", "expected"),
    [
        (deployment(generation=3), [], (False, "begins")),
        (deployment(replicas=3, updatedReplicas=1, availableReplicas=2), [], (False, "0 of 2 new pods ready")),
        (deployment(replicas=3, updatedReplicas=1, availableReplicas=3), [], (False, "1 of 2 new pods ready")),
        (
            deployment(replicas=2, updatedReplicas=2, availableReplicas=2),
            ending(1),
            (False, "2 of 2 new pods ready, 1 old pod ends"),
        ),
        (deployment(replicas=2, updatedReplicas=2, availableReplicas=2), [], (True, "2 of 2 new pods ready")),
        (
            deployment("StatefulSet", 1, replicas=1, updatedReplicas=1, availableReplicas=0),
            [],
            (False, "0 of 1 new pods ready"),
        ),
        (
            deployment("DaemonSet", desiredNumberScheduled=1, updatedNumberScheduled=1, numberAvailable=1),
            [],
            (True, "1 of 1 new pods ready"),
        ),
    ],
)
def test_progress(found, pods, expected):
    assert progress(found, pods) == expected


@pytest.fixture
def stub(tmp_path, monkeypatch):
    made = StubKubectl(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return made


def done(**more):
    """One pod, and it is new."""
    return deployment(wanted=1, **{"replicas": 1, "updatedReplicas": 1, "availableReplicas": 1, **more})


def rolled(name="django", seconds=60):
    told = []
    template = {"template": {"spec": {"terminationGracePeriodSeconds": 0}}}
    restart(
        Kubectl(None),
        Part(name=name, workload={**workload("Deployment", name), "spec": template}),
        seconds,
        told.append,
    )
    return told


def test_is_one_annotation_under_a_name_of_its_own(stub):
    """Under kubectl's name the next update would take it out, and every pod would restart again (ADR 0023)."""
    stub.answer(get_deployment=done(), get_pods={"items": []})
    assert rolled() == ["web: 1 of 1 new pods ready"]
    [patch] = [line for line in stub.asked() if line.startswith("patch")]
    assert patch.startswith("patch deployment django --namespace=app --type=merge --field-manager=stagecoach-restart ")
    [(key, _)] = json.loads(patch.partition("--patch=")[2])["spec"]["template"]["metadata"]["annotations"].items()
    assert key == "kubectl.kubernetes.io/restartedAt"


def test_beat_says_what_waits(stub):
    stub.answer(get_deployment=done(), get_pods={"items": []})
    assert rolled("celery-beat")[0] == "beat: no schedule runs for some seconds"


def test_a_pod_that_does_not_come(stub):
    waiting = {"reason": "CrashLoopBackOff", "message": "back-off 10s"}
    pods = [{"metadata": {"name": "django-b"}, "status": {"containerStatuses": [{"state": {"waiting": waiting}}]}}]
    failed = done(availableReplicas=0, conditions=[{"type": "Progressing", "reason": "ProgressDeadlineExceeded"}])
    stub.answer(get_deployment=failed, get_pods={"items": pods})
    with pytest.raises(RefusedError, match="0 of 1 new pods ready; django-b: CrashLoopBackOff back-off 10s"):
        rolled()


def test_a_full_server(stub):
    condition = {"type": "PodScheduled", "status": "False", "message": "0/1 nodes are available"}
    pods = [{"metadata": {"name": "django-b"}, "status": {"conditions": [condition]}}]
    stub.answer(get_deployment=done(availableReplicas=0), get_pods={"items": pods})
    with pytest.raises(RefusedError, match="django-b: 0/1 nodes are available"):
        rolled(seconds=0)


@pytest.mark.parametrize(
    ("kind", "name", "spec", "says"),
    [
        ("Job", "django-migrate", {}, "a Job runs when it is due. `pulumi up` runs migrations"),
        (
            "CronJob",
            "postgres-backup",
            {},
            "create job postgres-backup-now --from=cronjob/postgres-backup` runs it now",
        ),
        ("Deployment", "django", {"replicas": 0}, "`kubectl scale -n app deployment/django --replicas=1` starts it"),
        ("StatefulSet", "postgres", {"replicas": 0}, "its count to 0"),
        ("Deployment", "django", {"paused": True}, "`kubectl rollout resume -n app deployment/django` lets them go on"),
    ],
)
def test_nothing_would_start(stub, kind, name, spec, says):
    """Without a new pod nothing is restarted, whatever the controller says."""
    stub.answer()
    part = Part(name=name, workload={**workload(kind, name), "spec": spec})
    with pytest.raises(RefusedError, match="there is nothing to restart") as caught:
        restart(Kubectl(None), part, 1, print)
    assert says in str(caught.value)
    assert not (stub.folder / "asked").exists()


def test_a_pod_that_its_stateful_set_would_never_replace(stub):
    """A database that can't start is what people restart; `OrderedReady` waits for ever until it is ready."""
    stateful = deployment("StatefulSet", 1, replicas=1, updateRevision="new")
    stateful["metadata"]["uid"] = "s"
    owner = {"controller": True, "uid": "s"}
    old = {"name": "postgres-0", "namespace": "app", "uid": "p", "ownerReferences": [owner]}
    pods = [{"metadata": {**old, "labels": {"controller-revision-hash": "old"}}, "status": {}}]
    stub.answer(get_statefulset=stateful, get_pods={"items": pods})
    told = []
    part = Part(name="postgres", workload={**workload("StatefulSet", "postgres"), "spec": {"template": {"spec": {}}}})
    part.workload["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] = 0
    with pytest.raises(RefusedError, match="the restart is not done") as caught:
        restart(Kubectl(None), part, 1.5, told.append)
    assert "delete pod postgres-0 --namespace=app --ignore-not-found --wait=false" in stub.asked()
    assert "postgres-0 was not ready, and its StatefulSet would not have replaced it: it is deleted" in told
    assert "old pods stay" not in str(caught.value)


def test_who_is_asked_first():
    """Data services and the entrance; web, workers and beat go on or wait."""
    parts = [Part(name=name, workload=workload(kind, name)) for kind, names in NAMES.items() for name in names]
    assert {one.name for one in parts if downtime_of(one)} == {"postgres", "redis-broker", "redis-cache"}
