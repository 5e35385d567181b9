"""Every image of the lab as data: its name in the lab's registry and the folder of its Dockerfile."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from infra.errors import Problem, RefusedError
from lab.images.debian_root import root_inputs
from lab.images.dockerfile import key, starts_from
from lab.images.machine import SUITE
from lab.paths import REPOSITORY

HOST = "lab.stagecoach.dev"  # nobody serves it: nodes of the lab ask the lab's registry instead
DEBIAN = f"lab/debian:{SUITE}"
PYTHON = "lab/python:3.13"


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How one image is made."""

    name: str  # repository and tag without a registry's host
    folder: str  # of the Dockerfile, in the repository or anywhere
    stands_for: str = ""  # key of infra.versions.IMAGES
    base: str = ""  # the lab's image in place of the Dockerfile's own FROM

    @property
    def dockerfile(self) -> Path:
        """Its file."""
        return self.context / "Dockerfile"

    @property
    def context(self) -> Path:
        """Its folder."""
        return REPOSITORY / self.folder


def _own(name: str, folder: str, stands_for: str = "") -> Recipe:
    return Recipe(name=name, folder=f"lab/images/{folder}", stands_for=stands_for)


RECIPES: tuple[Recipe, ...] = (
    _own(DEBIAN, "debian"),
    _own("lab/pause:0.2.1", "pause"),
    _own("lab/busybox:1.37", "busybox"),
    _own("lab/service-lb:1.8.11", "service_lb"),
    _own("library/postgres:17", "postgres", "postgres"),
    _own("library/redis:8.0", "redis", "redis"),
    _own("lab/postgres-exporter:0.17.1", "postgres_exporter", "postgres_exporter"),
    _own("lab/redis-exporter:1.69.0", "redis_exporter", "redis_exporter"),
    _own("prometheus/prometheus:v2.53.3", "prometheus", "prometheus"),
    _own("prometheus/alertmanager:v0.28.1", "alertmanager", "alertmanager"),
    _own("lab/node-exporter:1.9.0", "node_exporter", "node_exporter"),
    _own("lab/pgbouncer:1.24.1", "pgbouncer", "pgbouncer"),
    _own(PYTHON, "python"),
    Recipe(name="example/shop:1.0.0", folder="examples/shop", base=PYTHON),
    Recipe(name="lab/minimal:1", folder="examples/minimal", base=PYTHON),
    Recipe(name="lab/cookiecutter:1", folder="examples/cookiecutter", base=PYTHON),
    Recipe(name="lab/websocket:1", folder="examples/websocket", base=PYTHON),
)
_BY_NAME = {recipe.name: recipe for recipe in RECIPES}
# What the lab cannot make, with the reason: the registry says it where it is asked.
CANNOT: dict[str, str] = {"grafana/grafana": "Debian has no Grafana, so the lab has none"}


def recipe(name: str) -> Recipe:
    """The recipe of an image.

    Raises:
        RefusedError: the lab has no such image.
    """
    if name not in _BY_NAME:
        reason = CANNOT.get(name.partition(":")[0], "The lab does not make it")
        known = ", ".join(sorted(_BY_NAME))
        raise RefusedError(
            "no such image in the lab",
            [Problem(path="image", value=name, allowed=f"one of {known}", hint=reason)],
        )
    return _BY_NAME[name]


def base_of(one: Recipe) -> Recipe | None:
    """The lab's image that this one starts from; None where it starts from nothing."""
    name = one.base or starts_from(one.dockerfile.read_text())
    return None if name == "scratch" else recipe(name)


def key_of(one: Recipe) -> str:
    """Key of all inputs, those of the image below included."""
    base = base_of(one)
    below = key_of(base) if base else ""
    return key(one.dockerfile, one.context, one.name, root_inputs() if one.name == DEBIAN else below)
