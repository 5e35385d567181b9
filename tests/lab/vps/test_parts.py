"""What real servers are made of."""

import pytest

from infra.errors import StagecoachError
from lab.vps import parts
from lab.vps.parts import ensure_parts


@pytest.fixture
def made(monkeypatch):
    found = []
    for name in ("ensure_machine_image", "ensure_guest_bin", "ensure_images", "ensure_cluster_images"):
        monkeypatch.setattr(parts, name, lambda name=name: found.append(name))
    return found


def test_all_of_them(made):
    ensure_parts("ghcr.io/example/shop:1.0.0")
    assert len(made) == 4


def test_an_image_that_the_lab_cannot_make(made):
    """Said before anything is built: that takes minutes."""
    with pytest.raises(StagecoachError, match=r"image = mine/shop:7"):
        ensure_parts("registry.example.com/mine/shop:7")
    assert made == []
