"""What the lab's real servers are made of: built once, then taken from the cache."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lab.engine.pulumi_cli import engine_program
from lab.images import ensure_images
from lab.images.recipes import RECIPES, Recipe, recipe
from lab.images.tags import plain_name
from lab.nodes.real.k3s.bundle import ensure_guest_bin
from lab.nodes.real.k3s.images import ensure_cluster_images
from lab.nodes.real.vps.machine_image import ensure_machine_image
from lab.toolchain.build import ensure
from lab.toolchain.caches import go_caches
from lab.toolchain.programs import CHALLTESTSRV, TESTS


def ensure_parts(root: Path, shop_image: str) -> None:
    """The machine's disk, what k3s consists of, the stack's images, the engine of the lab in `root`.

    `shop_image` is the name that the stack file gives the app.

    Raises:
        StagecoachError: a part could not be made, or the lab has no image of that name.
    """
    shop = recipe(plain_name(shop_image))
    # Packages come from the network while the compiler works: side by side, both take as long as the longer one.
    with ThreadPoolExecutor(2) as pool:
        for made in [pool.submit(_from_packages, shop), pool.submit(_from_sources, root)]:
            made.result()


def _from_packages(shop: Recipe) -> None:
    ensure_machine_image()
    ensure_images(one.name for one in RECIPES if one == shop or not one.folder.startswith("examples/"))


def _from_sources(root: Path) -> None:
    with go_caches():
        ensure_guest_bin()
        engine_program(root)
        ensure_cluster_images()
        # Seconds now; later what they share with the others would be compiled again.
        for program in (CHALLTESTSRV, *TESTS):
            ensure(program)
