"""Manifests as people read them."""

import yaml
from hypothesis import given
from hypothesis import strategies as st

from infra.render.yaml_text import manifest_text

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def test_order_and_blocks():
    """Whatever order the engine's message has."""
    manifest = {
        "spec": {"b": 1, "a": "x\ny\n"},
        "metadata": {"labels": {}, "name": "n"},
        "kind": "K",
        "apiVersion": "v1",
    }
    assert manifest_text(manifest) == (
        "apiVersion: v1\nkind: K\nmetadata:\n  name: n\n  labels: {}\nspec:\n  a: |\n    x\n    y\n  b: 1\n"
    )


def test_no_aliases():
    """kubectl takes them, people do not."""
    shared = {"app": "x"}
    assert "&" not in manifest_text({"a": shared, "b": shared})


@given(st.dictionaries(st.text(), JSON))
def test_nothing_is_lost(manifest):
    assert yaml.safe_load(manifest_text(manifest)) == manifest
