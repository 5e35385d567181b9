"""Where tables are printed."""

from __future__ import annotations

import shutil

from rich.console import Console


def new_console(*, highlight: bool = True) -> Console:
    """As wide as COLUMNS says, else as the terminal, else 80; without colours where NO_COLOR is set (`--no-color`)."""
    return Console(width=shutil.get_terminal_size().columns, highlight=highlight)
