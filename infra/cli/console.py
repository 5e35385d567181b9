"""Where tables are printed."""

from __future__ import annotations

import os

from rich.console import Console

_PLAIN_WIDTH = 140  # where there is no terminal to ask, and no COLUMNS


def new_console(*, highlight: bool = True) -> Console:
    """As wide as the terminal; without colours where NO_COLOR is set, which `--no-color` does."""
    plain = None if Console().is_terminal or os.environ.get("COLUMNS", "").isdecimal() else _PLAIN_WIDTH
    return Console(width=plain, highlight=highlight)
