"""Images of a shop that was changed."""

from dataclasses import replace

from lab.images import ensure_images, project_image
from lab.images.recipes import HOST
from lab.images.registry import PRIVATE
from lab.images.store import Store
from lab.locks import cache_lock
from tests.real.shop import REPOSITORY

PROJECT = REPOSITORY / "examples/shop"
SHOP = "ghcr.io/example/shop:1.0.0"
_LEFT_OUT = {"tests", "__pycache__", ".pytest_cache"}


def changed_shop(name, folder, files):
    """The shop's image with other content in some of its files, by path; the name that a stack file takes."""
    for path in PROJECT.rglob("*"):
        relative = path.relative_to(PROJECT)
        if path.is_file() and not _LEFT_OUT & set(relative.parts):
            target = folder / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    for path, content in files.items():
        (folder / path).write_text(content)
    project_image(name, folder)
    return f"{HOST}/{name}"


def private_shop():
    """The shop's image once more, under a name for which the lab's registry asks for a password."""
    [image] = ensure_images([SHOP])
    name = f"{PRIVATE}shop:1.0.0"
    with cache_lock("images"):
        Store().add(replace(image, name=name))
    return f"{HOST}/{name}"
