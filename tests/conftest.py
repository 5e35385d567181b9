"""Tests that need more than Python carry the marker `needs` besides their own: `-m "not needs"` are the others."""

import functools
import os

import pytest
from hypothesis import settings

from lab.paths import kubectl_cache

# A drawn example may take long on a busy machine: nothing here is timed (`make bench` is).
settings.register_profile("stagecoach", deadline=None)
settings.load_profile("stagecoach")

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
    "monitoring",
    "vps",
    "proof",  # time
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Before the choice by marker."""
    for item in items:
        if _PROGRAMS & {mark.name for mark in item.iter_markers()}:
            item.add_marker(pytest.mark.needs)
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)


@functools.cache
def _no_real_servers():
    from lab.vps.possible import why_not  # noqa: PLC0415  it tries a sandbox, which most runs have no use for

    return why_not()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Before any fixture makes something: a machine without real servers skips, which is an error under CI."""
    if item.get_closest_marker("vps") and (reason := _no_real_servers()):
        pytest.skip(reason)
