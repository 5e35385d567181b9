"""Make the console that tables are printed on."""

from __future__ import annotations

import shutil

from rich.console import Console


def new_console(*, highlight: bool = True) -> Console:
    """Return a console as wide as COLUMNS says, or else as the terminal, or else 80 columns.

    It prints no colours if NO_COLOR is set (`--no-color`).

    Args:
        highlight: whether numbers and paths are coloured.
    """
    return Console(width=shutil.get_terminal_size().columns, highlight=highlight)
