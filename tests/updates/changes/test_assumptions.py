"""Assumed times have a source, and none is shorter than what the program itself waits for."""

import pytest

from infra.assumption import Assumption
from infra.clouds import CLOUDS
from infra.names import REDIS_BROKER
from infra.updates.changes.assumptions import BOOT, NODE_READY, OTHER_RESTART, PODS, RESTART, resized, total
from tests.graphs import run

ALL = [*(cloud.resize for cloud in CLOUDS.values()), BOOT, NODE_READY, PODS, *RESTART.values(), OTHER_RESTART]


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.what[:30])
def test_says_where_it_comes_from(one):
    assert one.seconds > 0
    assert any(word in one.source for word in ("assumed", "measured", "documentation"))


def test_every_provider():
    assert resized("hetzner")[0] is CLOUDS["hetzner"].resize


def test_total_is_rounded_up():
    parts = tuple(Assumption(what="x", seconds=seconds, source="measured") for seconds in (10.3, 0.1))
    assert total(parts) == 11


@pytest.mark.parametrize("name", RESTART)
def test_a_restart_is_longer_than_its_probes(name):
    """A pod is let in by its readiness probe, which begins after the startup probe."""
    [found] = [
        manifest["spec"]["template"]["spec"]["containers"]
        for manifest in run().kubernetes().values()
        if manifest["kind"] == "StatefulSet" and manifest["metadata"]["name"] == name
    ]
    main = next(one for one in found if "startupProbe" in one)
    periods = main["startupProbe"]["periodSeconds"] + main["readinessProbe"]["periodSeconds"]
    assert RESTART[name].seconds > periods
    # The broker's file of accepted tasks is read before it answers.
    assert RESTART[name].seconds > RESTART[REDIS_BROKER].seconds - 6
