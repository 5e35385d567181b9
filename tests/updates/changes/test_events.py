"""The order of events is the program's."""

import itertools
import json

import pytest

from infra.updates.changes.compare import compare
from infra.updates.changes.events import downtime_words, minutes
from tests.graphs import run
from tests.plans import REGIONS
from tests.updates.changes.configs import config

# What the program registers for an event; the engine begins a resource when all that it needs is there.
RESOURCES = {
    "volume": "server-data",
    "server": "server-server",
    "file-system": "data-volume-mount",
    "k3s": "k3s-install",
    "celery-servers": "celery-servers-1-server",
    "namespace": "namespaces-quota",
    "postgres": "postgres-stateful-set",
    "redis-broker": "redis-broker-stateful-set",
    "redis-cache": "redis-cache-stateful-set",
    "django": "django-deployment",
    "workers": "celery-worker-deployment",
    "beat": "celery-beat-deployment",
    "monitoring": "prometheus-stateful-set",
}


def keys(diff):
    return [one.key for one in diff.events]


def needs(graph):
    """URNs that each resource waits for, by name: directly, and by its parents."""
    found = {}
    for request in graph.requests.values():
        found.setdefault(request.name, set()).update(
            [
                *request.dependencies,
                *[urn for one in request.propertyDependencies.values() for urn in one.urns],
                request.parent,  # registered before its children, and only when all that it waits for is there
                *([request.provider.rpartition("::")[0]] if request.provider else []),  # its id comes last
            ]
        )
    return {name: {urn.rpartition("::")[2] for urn in urns} for name, urns in found.items()}


def waits_for(direct, name, seen=None):
    """Everything that must be there before, however far."""
    seen = set() if seen is None else seen
    for one in direct.get(name, ()):
        if one not in seen:
            seen.add(one)
            waits_for(direct, one, seen)
    return seen


@pytest.mark.parametrize("provider", REGIONS)
def test_nothing_waits_for_a_later_event(provider):
    direct = needs(run(5, provider))
    said = [*keys(compare(config(1, provider), config(2, provider))), *keys(compare(config(2), config(5)))]
    assert set(RESOURCES) - set(said) == set()
    assert {RESOURCES[key] for key in said} - direct.keys() == set()
    for diff in (compare(config(1, provider), config(2, provider)), compare(config(2), config(5))):
        for earlier, later in itertools.combinations([RESOURCES[key] for key in keys(diff)], 2):
            assert later not in waits_for(direct, earlier)


def test_the_cluster_waits_for_the_server():
    """Or the test above would hold for a graph without any dependency."""
    assert {"server-server", "data-volume-mount", "k3s-install"} <= waits_for(needs(run(5)), "postgres-stateful-set")


def job(**more):
    """The migration's manifest, with the content of the autonamed config that it reads."""
    made = run(**more).kubernetes()
    [text] = [json.dumps(one, sort_keys=True) for one in made.values() if one["kind"] == "Job"]
    return text, [
        json.dumps([one.get("data"), one.get("stringData")], sort_keys=True)
        for name, one in sorted(made.items())
        if f'"{name}-autonamed"' in text
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [({"stage": 2}, False), ({"image": "registry.example/shop:2"}, True), ({"env": {"A": "1"}}, True)],
)
def test_migrations_run_where_the_program_makes_their_job_anew(change, expected):
    keys_of_file = {"stage": 1, **change}
    assert (job() != job(**keys_of_file)) is expected
    [django] = [one for one in compare(config(1), config(**keys_of_file)).events if one.key == "django"]
    assert django.what.startswith("the migration job runs") is expected


def test_the_servers_before_the_volume_at_vultr():
    """Its volume names the server."""
    assert keys(compare(config(1, "vultr"), config(2, "vultr")))[:3] == ["server", "volume", "file-system"]
    assert keys(compare(config(1), config(2)))[:3] == ["volume", "server", "file-system"]


def test_bounds_rise_first_and_fall_last():
    """Neither may forbid a pod that is renewed."""
    up, down = keys(compare(config(1), config(2))), keys(compare(config(5), config(1)))
    assert "namespace-falls" not in up
    assert up.index("namespace") < min(up.index(name) for name in ("postgres", "django", "workers", "beat"))
    assert "namespace" not in down
    assert down.index("namespace-falls") > max(down.index(name) for name in ("postgres", "django", "workers"))


def test_only_what_happens():
    assert keys(compare(config(2), config(3))) == ["volume", "file-system"]
    assert keys(compare(config(3), config(3))) == []


def test_fewer_celery_servers_are_drained():
    [event] = [
        one
        for one in compare(config(5, celery_servers={"count": 2}), config(5, celery_servers={"count": 1})).events
        if one.key == "celery-servers"
    ]
    assert event.what == "Celery servers are drained and deleted: 2 to 1"


@pytest.mark.parametrize(("seconds", "words"), [(0, "none"), (30, "30 s"), (119, "119 s"), (281, "5 minutes")])
def test_minutes(seconds, words):
    assert minutes(seconds) == words


def test_downtime_words():
    assert downtime_words(compare(config(1), config(2))) == "about 6 minutes; breakdown below"
    assert downtime_words(compare(config(2), config(3))) == "none, as far as the plan can tell"
