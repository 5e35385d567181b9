"""Which paths changed, and which of them replace."""

import pytest

from lab.plugins.diffing import compare, walk


class TestWalk:
    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            ({"a": 1}, {"a": 1}, {}),
            ({"a": 1}, {"a": 2}, {"a": "UPDATE"}),
            ({}, {"a": 1}, {"a": "ADD"}),
            ({"a": 1}, {}, {"a": "DELETE"}),
            ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3, 4]}}, {"a.b[1]": "UPDATE", "a.b[2]": "ADD"}),
            ({"a": [1]}, {"a": {"b": 1}}, {"a": "UPDATE"}),
            ({"labels": {"app/name": "x"}}, {"labels": {"app/name": "y"}}, {'labels["app/name"]': "UPDATE"}),
            ({"__defaults": []}, {"__defaults": ["x"]}, {}),
        ],
    )
    def test_paths(self, old, new, expected):
        assert dict(walk(old, new)) == expected


class TestCompare:
    def test_what_holds_a_change_replaces_too(self):
        """`spec.selector` replaces for a change anywhere below it, not for its namesakes."""
        old = {"spec": {"selector": {"app": "a"}, "selectors": 1}}
        found = compare(old, {"spec": {"selector": {"app": "b"}, "selectors": 2}}, replacing=["spec.selector"])
        assert found.replaces == {"spec.selector.app"}
        assert set(found.changes) == {"spec.selector.app", "spec.selectors"}

    def test_ignored_paths_are_no_change(self):
        found = compare({"a": {"b": 1}, "c": 1}, {"a": {"b": 2}, "c": 2}, replacing=["a"], ignored=["a"])
        assert (found.changes, found.replaces) == ({"c": "UPDATE"}, frozenset())
