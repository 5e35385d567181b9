"""Makes the lab's images: each once per set of inputs, with progress, safe to interrupt."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from pathlib import Path

from infra.errors import Problem, StagecoachError
from lab.images.builder import Builder
from lab.images.debian_root import make_root
from lab.images.machine import Machine, machine_settings
from lab.images.recipes import DEBIAN, PYTHON, RECIPES, Recipe, base_of, key_of, recipe
from lab.images.store import Image, Store
from lab.images.tags import plain_name
from lab.locks import cache_lock

_MIB = 1024 * 1024


def ensure_images(names: Iterable[str] | None = None) -> list[Image]:
    """Images by name, with or without a registry's host, made where their inputs changed; None means all.

    Raises:
        RefusedError: the lab has no such image.
        StagecoachError: a build failed; the message has its last lines.
    """
    return _ensure(list(RECIPES) if names is None else [recipe(plain_name(name)) for name in names])


def project_image(name: str, folder: Path) -> Image:
    """The image of another Django project by its own Dockerfile, on the lab's Python as the shop's.

    Args:
        name: Repository and tag without a registry's host.
        folder: The project, for example a changed copy of the shop.

    Raises:
        StagecoachError: the build failed; the message has its last lines.
    """
    [image] = _ensure([Recipe(name=name, folder=str(folder.resolve()), base=PYTHON)])
    return image


def _ensure(wanted: list[Recipe]) -> list[Image]:
    store = Store()
    if any(_current(store, one) is None for one in wanted):
        with cache_lock("images"):
            _make(store, wanted)
    return [_made(store, one) for one in wanted]


def _made(store: Store, one: Recipe) -> Image:
    image = store.built(one.name, key_of(one))
    if image is None:
        problem = Problem(path=one.name, value="", allowed="lies in the cache", hint="Run the command again")
        raise StagecoachError("an image was removed while it was made", [problem])
    return image


def _current(store: Store, one: Recipe) -> Image | None:
    found = store.current(one.name)
    return found if found and found.key == key_of(one) and store.whole(found) else None


def _make(store: Store, wanted: list[Recipe]) -> None:
    missing = [one for one in wanted if _current(store, one) is None]
    for one in missing:
        earlier = store.built(one.name, key_of(one))
        if earlier:  # by another checkout, or by this one before a change that was taken back
            store.add(earlier)
    missing = [one for one in missing if _current(store, one) is None]
    if not missing:
        return
    builder = Builder(store)
    builder.sweep()
    with machine_settings() as machine:
        for number, one in enumerate(missing, start=1):
            _say(f"{one.name}: building ({number} of {len(missing)})")
            image = _build(builder, one, machine)
            _say(f"{one.name}: {image.bytes / _MIB:.0f} MiB in {image.seconds:.1f} s")
    builder.end()


def _build(builder: Builder, one: Recipe, machine: Machine) -> Image:
    started = time.monotonic()
    base = base_of(one)
    if base:
        provide(builder, base, machine)
    tag = _tag(one)
    _build_in_storage(builder, one, machine)
    image = builder.publish(tag=tag, name=one.name, key=key_of(one), started=started)
    if not _is_base(one):
        builder.forget(tag)
    return image


def provide(builder: Builder, one: Recipe, machine: Machine) -> str:
    """The name, in buildah's storage, of an image to start from; made where it is missing."""
    tag, made = _tag(one), builder.store.built(one.name, key_of(one))
    if builder.kept(tag):
        return tag
    if made:
        builder.load(made, tag)
        return tag
    started, below = time.monotonic(), base_of(one)
    if below:
        provide(builder, below, machine)
    _say(f"{one.name}: building, because others start from it")
    _build_in_storage(builder, one, machine)
    builder.publish(tag=tag, name=one.name, key=key_of(one), started=started)
    return tag


def _build_in_storage(builder: Builder, one: Recipe, machine: Machine) -> None:
    base = base_of(one)
    below = _tag(base) if base else None
    if one.name != DEBIAN:
        builder.build(dockerfile=one.dockerfile, context=one.context, tag=_tag(one), machine=machine, base=below)
    else:
        with builder.scratch() as folder:
            make_root(machine, folder / "root.tar")
            builder.build(dockerfile=one.dockerfile, context=folder, tag=_tag(one), machine=machine, base=None)


def _is_base(one: Recipe) -> bool:
    return any(base is not None and base.name == one.name for base in map(base_of, RECIPES))


def _tag(one: Recipe) -> str:
    """Its name in buildah's storage: by key, so that two checkouts don't take each other's."""
    return f"localhost/{one.name.replace(':', '-').lower()}:{key_of(one)}"


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
