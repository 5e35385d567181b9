"""Every image as data."""

import pytest

from infra.errors import RefusedError
from lab.images.recipes import DEBIAN, PYTHON, RECIPES, base_of, key_of, recipe


def test_every_recipe_has_its_dockerfile():
    assert [one.name for one in RECIPES if not one.dockerfile.exists()] == []
    assert len({one.name for one in RECIPES}) == len(RECIPES)


def test_all_start_from_one_debian():
    """So that they share their first layer."""
    bases = {one.name: base_of(one) for one in RECIPES}
    assert {name for name, base in bases.items() if base is None} == {DEBIAN}
    assert bases["library/postgres:17"].name == DEBIAN
    assert bases["example/shop:1.0.0"].name == PYTHON


def test_an_image_below_decides(monkeypatch):
    before = key_of(recipe("example/shop:1.0.0"))
    monkeypatch.setattr("lab.images.debian_root._LEFT_OUT", ())
    assert key_of(recipe("example/shop:1.0.0")) != before


def test_unknown():
    with pytest.raises(RefusedError, match=r"image = a/b:1: one of example/shop:1.0.0, .*The lab does not make it"):
        recipe("a/b:1")
    with pytest.raises(RefusedError, match="Debian has no Grafana"):
        recipe("grafana/grafana:11.6.1")
