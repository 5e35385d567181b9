"""Images of a shop that was changed."""

from lab.images import project_image
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
    return f"lab.stagecoach.dev/{name}"
