"""What the lab's real servers are made of: built once, then taken from the cache."""

from __future__ import annotations

from lab.images import ensure_images
from lab.images.recipes import recipe
from lab.images.tags import plain_name
from lab.k3s.bundle import ensure_guest_bin
from lab.k3s.images import ensure_cluster_images
from lab.vps.machine_image import ensure_machine_image


def ensure_parts(shop_image: str) -> None:
    """The machine's disk, what k3s consists of, every image; `shop_image` is the name that the stack file gives it.

    Raises:
        StagecoachError: a part could not be made, or the lab has no image of that name.
    """
    recipe(plain_name(shop_image))
    ensure_machine_image()
    ensure_guest_bin()
    ensure_images()
    ensure_cluster_images()
