"""Requested against used."""

from lab.usage.sampler import Used
from lab.usage.table import markdown, rows


def pod(name, *, memory="100Mi", limit="200Mi", cpu="250m"):
    resources = {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": limit}}
    return {
        "metadata": {"name": name, "namespace": "app", "labels": {"app.kubernetes.io/name": "django"}},
        "spec": {"containers": [{"name": "django", "resources": resources}]},
    }


def used(**values):
    return Used(**values, first=(0.0, 0.0), last=(1e9, 10.0))


def test_a_workloads_largest_pod_counts():
    seen = {("app", "a", "django"): used(memory_max=80), ("app", "b", "django"): used(memory_max=90)}
    [row] = rows([pod("a"), pod("b")], seen)
    assert (row.workload, row.pods, row.memory_max, row.cpu_request, row.cpu_mean) == ("app/django", 2, 90, 250, 100)
    assert row.verdict == ""


def test_what_is_above_what_it_asked_for():
    seen = {("app", "a", "django"): used(memory_max=150), ("app", "b", "django"): used(memory_max=201)}
    assert [row.verdict for row in rows([pod("a")], seen)] == ["above its request"]
    assert [row.verdict for row in rows([pod("b")], seen)] == ["above its limit"]


def test_a_container_that_was_never_seen_has_no_row():
    assert rows([pod("a")], {}) == []


def test_markdown():
    bare = {**pod("a"), "spec": {"containers": [{"name": "django"}]}}
    text = markdown(rows([bare], {("app", "a", "django"): used(memory_max=80)}))
    assert text.splitlines()[0].startswith("| container | pods | CPU request |")
    assert text.splitlines()[2] == "| app/django django | 1 | - | 100m | 0m | - | - | 80Mi |  |"


def test_k3s_names_its_pods_otherwise():
    seen = {("app", name, "django"): used(memory_max=80) for name in ("a", "b", "c")}
    pods = [pod("a"), pod("b"), pod("c")]
    for one, labels in zip(pods, ({"k8s-app": "kube-dns"}, {"app": "svclb-traefik"}, {}), strict=True):
        one["metadata"]["labels"] = labels
    assert [row.workload for row in rows(pods, seen)] == ["app/c", "app/kube-dns", "app/svclb-traefik"]
