"""`python -m lab.images [NAME...]`: makes the lab's images and shows them."""

from __future__ import annotations

import sys

from infra.errors import StagecoachError
from infra.report.console import new_console
from infra.report.grid import Grid, print_folded, print_grid
from lab.images.ensure import ensure_images
from lab.images.recipes import CANNOT

_MIB = 1024 * 1024


def main(names: list[str]) -> None:
    """Prints a table; seconds are those of the build, whenever that was."""
    images = ensure_images(names or None)
    rows = [(image.name, f"{image.bytes / _MIB:.0f}", f"{image.seconds:.1f}") for image in images]
    console = new_console()
    print_grid(console, Grid(header=("image", "MiB", "seconds"), rows=rows))
    for name, reason in CANNOT.items():
        print_folded(console, f"not made: {name}: {reason}")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except StagecoachError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
