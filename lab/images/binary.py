"""Images of a single program, for what is built from Go modules."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from lab.images.builder import Builder
from lab.images.dockerfile import key
from lab.images.ensure import provide
from lab.images.machine import machine_settings
from lab.images.recipes import DEBIAN, key_of, recipe
from lab.images.store import Image, Store
from lab.locks import cache_lock

NOBODY = "65534:65534"


def binary_image(
    name: str, binary: Path, *, base: str = DEBIAN, arguments: Sequence[str] = (), user: str = NOBODY
) -> Image:
    """The image of a program, made where the program or what is said of it changed.

    Args:
        name: Repository and tag without a registry's host, for example `lab/coredns:1.14.7`.
        binary: The program; in the image it lies in / under its own name and is the entrypoint.
        base: The lab's Debian, or `scratch` for a static program that needs no shell.
        arguments: The image's CMD.
        user: Numeric, so that `runAsNonRoot` can be checked.

    Raises:
        StagecoachError: the build failed; the message has its last lines.
    """
    store = Store()
    with cache_lock("images"):
        builder = Builder(store)
        with builder.scratch() as folder:
            context = folder / "context"
            context.mkdir()
            _put(binary, context / binary.name)
            dockerfile = folder / "Dockerfile"
            dockerfile.write_text(render(binary.name, base=base, arguments=arguments, user=user))
            image = _make(builder, name, dockerfile, context)
        builder.end()
        return image


def render(program: str, *, base: str, arguments: Sequence[str], user: str) -> str:
    """The Dockerfile of one program."""
    lines = [f"FROM {base}", f"COPY {program} /{program}", f"USER {user}", f"ENTRYPOINT {json.dumps([f'/{program}'])}"]
    return "\n".join([*lines, *([f"CMD {json.dumps(list(arguments))}"] if arguments else []), ""])


def _make(builder: Builder, name: str, dockerfile: Path, context: Path) -> Image:
    start = dockerfile.read_text().split()[1]
    base = None if start == "scratch" else recipe(start)
    image_key = key(dockerfile, context, name, key_of(base) if base else "")
    earlier = builder.store.built(name, image_key)
    if earlier:
        builder.store.add(earlier)
        return earlier
    started = time.monotonic()
    sys.stderr.write(f"{name}: building\n")
    tag = f"localhost/{name.replace(':', '-')}:{image_key}"
    with machine_settings() as machine:
        below = provide(builder, base, machine) if base else None
        builder.build(dockerfile=dockerfile, context=context, tag=tag, machine=machine, base=below)
    return builder.publish(tag=tag, name=name, key=image_key, started=started)


def _put(binary: Path, target: Path) -> None:
    """A link where the disk is the same; programs are large."""
    try:
        os.link(binary.resolve(), target)
    except OSError:
        shutil.copy(binary, target)
