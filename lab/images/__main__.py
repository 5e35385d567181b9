"""`python -m lab.images [NAME...]`: makes the lab's images and shows them."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table

from infra.errors import StagecoachError
from lab.images.ensure import ensure_images
from lab.images.recipes import CANNOT

_MIB = 1024 * 1024


def main(names: list[str]) -> None:
    """Prints a table; seconds are those of the build, whenever that was."""
    table = Table("image", "MiB", "seconds")
    for image in ensure_images(names or None):
        table.add_row(image.name, f"{image.bytes / _MIB:.0f}", f"{image.seconds:.1f}")
    console = Console()
    console.print(table)
    for name, reason in CANNOT.items():
        console.print(f"not made: {name}: {reason}")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except StagecoachError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
