"""A tag must be true: which of the stack's images the lab serves under their own name, and which by another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from infra.versions import IMAGES
from lab.images.dockerfile import fits, pins
from lab.images.recipes import HOST, RECIPES, Recipe


def overrides(images: Mapping[str, str] = IMAGES) -> dict[str, str]:
    """What `images:` of a stack file needs in the lab; what the lab cannot make (Grafana) is not in it."""
    return {
        one.stands_for: f"{HOST}/{one.name}"
        for one in RECIPES
        if one.stands_for and plain_name(images[one.stands_for]) != one.name
    }


def plain_name(reference: str) -> str:
    """Repository and tag as the lab's registry knows them: without the registry's host and without a digest."""
    host, slash, rest = reference.partition("/")
    named = rest if slash and ("." in host or ":" in host or host == "localhost") else reference
    return named.partition("@")[0]


def untrue_tags(recipes: Iterable[Recipe] = RECIPES) -> list[str]:
    """Images whose tag says another version than their Dockerfile pins, one line each."""
    return [line for one in recipes if (line := _untrue(one)) is not None]


def _untrue(one: Recipe) -> str | None:
    repository, _, tag = one.name.partition(":")
    pinned = pins(one.dockerfile.read_text())
    if one.base or not pinned or any(fits(tag, version) for version in pinned.values()):
        return None
    said = ", ".join(f"{package}={version}" for package, version in pinned.items())
    return f"{repository}:{tag}: its Dockerfile pins {said}"
