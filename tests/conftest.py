"""Tests that need more than Python carry the marker `needs` besides their own: `-m "not needs"` are the others."""

import functools
import os

import pytest
from hypothesis import settings

from lab.paths import kubectl_cache
from tests.proof.parts import proof_of
from tests.waiting import slowness

# A drawn example may take long on a busy machine: nothing here is timed (`make bench` is).
settings.register_profile("stagecoach", deadline=None)
settings.load_profile("stagecoach")

slowness()  # measured here once; what this process starts inherits it

# A lab of a test is simulated unless the test asks for a real server: most of them only look at the engine.
os.environ["LAB"] = "simulated"
# Nothing is left in the home directory.
os.environ["KUBECACHEDIR"] = str(kubectl_cache())

_PROGRAMS = {
    "engine",
    "cluster",
    "redis",
    "postgres",
    "checkov",
    "promtool",
    "actionlint",
    "stackfile",
    "monitoring",
    "vps",
}
# Time is all that one with `proof` of its own needs.  The others: where `make test` looks for those with that marker.
_LONG = {"engine": "tests/engine/", "vps": "tests/real/", "cluster": "nowhere", "proof": "nowhere"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Add `needs`, and `proof` by the list in tests/proof/parts.py, before the choice by marker."""
    lost = []
    for item in items:
        marks = {mark.name for mark in item.iter_markers()}
        if marks & {*_PROGRAMS, "proof"}:
            item.add_marker(pytest.mark.needs)
            if proof_of(item.nodeid):
                item.add_marker(pytest.mark.proof)
            elif not all(item.nodeid.startswith(_LONG[mark]) for mark in _LONG.keys() & marks):
                lost.append(item.nodeid)
    if lost:
        raise pytest.UsageError(f"neither `make test` nor a part of tests/proof/parts.py runs {', '.join(lost)}")


@functools.cache
def _no_real_servers():
    from lab.nodes.real.vps.possible import why_not  # noqa: PLC0415  it tries a sandbox, which most runs have no use for

    return why_not()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Before any fixture makes something: a machine without real servers skips, which is an error under CI."""
    if item.get_closest_marker("vps") and (reason := _no_real_servers()):
        pytest.skip(reason)
