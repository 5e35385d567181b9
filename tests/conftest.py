"""Tests that need more than Python carry the marker `needs` besides their own: `-m "not needs"` are the others."""

import pytest

_PROGRAMS = {"engine", "cluster", "redis", "postgres", "checkov", "promtool", "actionlint", "monitoring", "vps"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Before the choice by marker."""
    for item in items:
        if _PROGRAMS & {mark.name for mark in item.iter_markers()}:
            item.add_marker(pytest.mark.needs)
