"""What real servers are made of."""

from pathlib import Path

import pytest

from infra.errors import StagecoachError
from lab.images.recipes import RECIPES
from lab.nodes.real.vps import parts
from lab.nodes.real.vps.parts import ensure_parts

LAB = Path("lab")


@pytest.fixture
def made(tmp_path, monkeypatch):
    monkeypatch.setenv("STAGECOACH_CACHE", str(tmp_path))
    found = []
    monkeypatch.setattr(parts, "ensure_images", found.extend)
    for name in ("ensure_machine_image", "ensure_guest_bin", "ensure_cluster_images"):
        monkeypatch.setattr(parts, name, lambda name=name: found.append(name))
    monkeypatch.setattr(parts, "engine_program", lambda root: found.append(f"the engine of {root.name}"))
    monkeypatch.setattr(parts, "ensure", lambda program: found.append(program.name))
    return found


def test_all_of_them(made):
    ensure_parts(LAB, "ghcr.io/example/shop:1.0.0")
    images = {one.name for one in RECIPES} - {
        "lab/minimal:1",
        "lab/cookiecutter:1",
        "lab/websocket:1",
    }
    parts = {"ensure_machine_image", "ensure_guest_bin", "ensure_cluster_images", "the engine of lab"}
    assert sorted(made) == sorted(images | parts | {"actionlint", "pebble-challtestsrv", "stackfile"})


def test_the_image_of_the_project_that_is_deployed(made):
    ensure_parts(LAB, "lab.stagecoach.dev/lab/minimal:1")
    assert "lab/minimal:1" in made
    assert "example/shop:1.0.0" not in made


def test_go_keeps_nothing_once_all_programs_are_there(made, tmp_path, monkeypatch):
    left = tmp_path / "go" / "mod"
    left.mkdir(parents=True)
    monkeypatch.setattr(parts, "ensure_cluster_images", lambda: made.append(left.exists()))
    ensure_parts(LAB, "ghcr.io/example/shop:1.0.0")
    assert True in made
    assert not left.exists()


def test_one_that_fails_is_an_error(made, monkeypatch):
    def broken():
        raise StagecoachError("no mirror answers")

    monkeypatch.setattr(parts, "ensure_machine_image", broken)
    with pytest.raises(StagecoachError, match="no mirror answers"):
        ensure_parts(LAB, "ghcr.io/example/shop:1.0.0")


def test_an_image_that_the_lab_cannot_make(made):
    """Said before anything is built: that takes minutes."""
    with pytest.raises(StagecoachError, match=r"image = mine/shop:7"):
        ensure_parts(LAB, "registry.example.com/mine/shop:7")
    assert made == []
