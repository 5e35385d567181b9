"""The parts of a shop by name."""

import pytest

from infra.errors import ConfigError, RefusedError
from infra.operate.kubectl import Kubectl
from infra.operate.parts import part_named, shown
from tests.operate.stub_kubectl import StubKubectl

NAMES = {
    "Deployment": ("django", "celery-worker", "celery-worker-slow", "celery-beat", "pgbouncer"),
    "StatefulSet": ("postgres", "redis-broker", "redis-cache", "prometheus"),
    "CronJob": ("postgres-backup",),
    "Job": ("django-migrate", "postgres-backup"),
}


def workload(kind, name):
    """As the API server lists it."""
    own = f"{name}-1" if kind == "Job" else name
    labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "stagecoach"}
    namespace = "monitoring" if name == "prometheus" else "app"
    return {"kind": kind, "metadata": {"name": own, "namespace": namespace, "labels": labels}}


def workloads():
    return [workload(kind, name) for kind in reversed(NAMES) for name in NAMES[kind]]


@pytest.fixture
def stub(tmp_path, monkeypatch):
    made = StubKubectl(tmp_path)
    traefik = {"kind": "Deployment", "metadata": {"name": "traefik", "namespace": "kube-system"}}
    made.answer(get={"items": workloads()}, get_deployment=traefik)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return made


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("web", "django"),
        ("django", "django"),
        ("worker", "celery-worker"),
        ("worker-slow", "celery-worker-slow"),
        ("celery-worker-slow", "celery-worker-slow"),
        ("beat", "celery-beat"),
        ("postgres", "postgres"),
        ("broker", "redis-broker"),
        ("cache", "redis-cache"),
        ("migration", "django-migrate"),
        ("backup", "postgres-backup"),
        ("traefik", "traefik"),
        ("alertmanager", "prometheus"),
    ],
)
def test_short_and_full_names(stub, asked, name):
    assert part_named(Kubectl(None), asked).name == name


def test_a_cron_job_stands_before_its_jobs(stub):
    assert part_named(Kubectl(None), "backup").kind == "CronJob"


def test_where_its_pods_are(stub):
    assert part_named(Kubectl(None), "prometheus").pods == (
        "pods",
        "--namespace=monitoring",
        "--selector=app.kubernetes.io/name=prometheus",
    )


@pytest.mark.parametrize(("asked", "near"), [("wbe", "web"), ("workers", "worker"), ("postgers", "postgres")])
def test_an_unknown_part(stub, asked, near):
    with pytest.raises(ConfigError) as caught:
        part_named(Kubectl(None), asked)
    assert f"Did you mean {near}?" in str(caught.value)
    assert "worker-slow" in str(caught.value), "all of them are listed"


def test_nothing_near(stub):
    with pytest.raises(ConfigError, match=r"See docs/how-to/operate\.md"):
        part_named(Kubectl(None), "xyz")


def test_a_cluster_without_a_shop(stub):
    stub.answer(get={"items": []})
    with pytest.raises(RefusedError, match="`pulumi up` builds it"):
        part_named(Kubectl(None), "web")


@pytest.mark.parametrize(
    ("name", "expected"), [("celery-worker-slow", "worker-slow"), ("prometheus", "prometheus"), ("django", "web")]
)
def test_shown(name, expected):
    assert shown(name) == expected
