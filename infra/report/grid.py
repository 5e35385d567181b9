"""Print tables that fit the width and never cut a word, so that names can be searched for and copied.

If the columns don't fit beside each other, the rows become blocks of lines. A word longer than a line stays whole on a
line of its own: a terminal wraps it, and it can still be copied.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

_LONG = 40  # characters; a longer cell is prose
_BETWEEN = "   "  # between amounts on one line of a block
_APART = "      "  # between commands on one line
_INDENT = "  "


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Hold a table's content.

    A cell with a style has one style. A row of one cell, where others have more, is a heading for the rows below it.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str | Text]]
    title: str = ""
    right: frozenset[str] = field(default=frozenset())  # columns with numbers
    title_left: bool = False
    readable: int = 20  # no column is narrower unless its cells are: prose in it would become many short lines


def print_grid(console: Console, *grids: Grid) -> None:
    """Print the first table that fits; if none does, print the last one as blocks.

    Args:
        console: the console to print on.
        grids: forms of one table, the widest first.
    """
    for grid in grids:
        widths = _widths(grid, console.width)
        if widths:
            console.print(_table(grid, widths))
            return
    print_blocks(console, grids[-1])


def fits(console: Console, grid: Grid) -> bool:
    """Return whether it fits as a table, with each word whole and prose in columns wide enough to read."""
    return bool(_widths(grid, console.width))


def print_blocks(console: Console, grid: Grid) -> None:
    """Print each row as its first cell, with the other cells and their columns' names below; leave empty cells out."""
    if grid.title:
        print_title(console, grid.title)
    for first, *rest in grid.rows:
        print_folded(console, Text(first, "bold") if isinstance(first, str) else first)
        named = [
            Text(f"{name}: {cell}" if name else str(cell), cell.style if isinstance(cell, Text) else "")
            for name, cell in zip(grid.header[1:], rest, strict=False)
            if str(cell)
        ]
        if all(cell_len(one.plain) <= _LONG for one in named):
            print_parts(console, *named, between=_BETWEEN)
        else:
            for one in named:
                print_folded(console, one, first=_INDENT, then=_INDENT * 2)


def print_title(console: Console, title: str) -> None:
    """Print a heading above blocks and lines; it is underlined because a pipe has no bold."""
    print_folded(console, Text(title, "bold"))
    _print_line(console, Text("-" * min(cell_len(title), console.width)))


def print_folded(console: Console, text: str | Text, *, first: str = "", then: str = _INDENT) -> None:
    """Print a text, wrapped only between words.

    Args:
        console: the console to print on.
        text: the text; it may have several styles only if it fits on one line.
        first: put before the first line.
        then: put before the other lines.
    """
    styled = Text(text) if isinstance(text, str) else text
    if cell_len(first + styled.plain) <= console.width:
        _print_line(console, Text(first) + styled)
        return
    lines = textwrap.wrap(
        styled.plain,
        console.width,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in lines:
        _print_line(console, Text(line, styled.style))


def print_parts(console: Console, *parts: str | Text, between: str = _APART, first: str = _INDENT) -> None:
    """Print commands without breaking them, as many on a line as fit.

    Args:
        console: the console to print on.
        parts: the commands.
        between: put between two of them on one line.
        first: put before each line.
    """
    line = Text()
    for part in parts:
        longer = line + (between if line else first) + part
        if line and cell_len(longer.plain) > console.width:
            _print_line(console, line)
            longer = Text(first) + part
        line = longer
    if line:
        _print_line(console, line)


def print_named(console: Console, name: str, value: str | Text, *, first: str = _INDENT) -> None:
    """Print a path or address without breaking it, behind its name or below it.

    Args:
        console: the console to print on.
        name: printed before the value.
        value: the path or address.
        first: put before the name.
    """
    line = Text(f"{first}{name} ") + value
    if cell_len(line.plain) <= console.width:
        _print_line(console, line)
    else:
        print_folded(console, name, first=first, then=first + _INDENT)
        _print_line(console, Text(first + _INDENT) + value)


def _print_line(console: Console, line: Text) -> None:
    console.print(line, soft_wrap=True, highlight=False)


def _widths(grid: Grid, room: int) -> list[int] | None:
    """Return the widths of the columns' content; None if a word would be cut or prose would be too narrow to read."""
    columns = [
        (name, [str(row[index]) for row in grid.rows if index < len(row)]) for index, name in enumerate(grid.header)
    ]
    room -= 3 * len(columns) + 1  # borders, and a blank on both sides of the content
    wanted = [max(map(_longest_line, cells), default=0) for _, cells in columns]
    least = [
        max(min(most, grid.readable), *map(_longest_word, (name, *cells)))
        for (name, cells), most in zip(columns, wanted, strict=True)
    ]
    if sum(least) > room:
        return None
    whole = [max(most, cell_len(name)) for (name, _), most in zip(columns, wanted, strict=True)]
    widths = [min(width, room) for width in whole]
    # Prose is narrowed first, then the columns' names, then the rest.
    long = [max(few, min(width, _LONG)) for few, width in zip(least, whole, strict=True)]
    for bound in (long, [max(few, min(most, _LONG)) for few, most in zip(least, wanted, strict=True)], least):
        _shrink(widths, bound, room)
    return widths


def _shrink(widths: list[int], bound: Sequence[int], room: int) -> None:
    while sum(widths) > room:
        above = [index for index, width in enumerate(widths) if width > bound[index]]
        if not above:
            return
        widths[max(above, key=widths.__getitem__)] -= 1


def _longest_line(text: str) -> int:
    return max(map(cell_len, text.splitlines()), default=0)


def _longest_word(text: str) -> int:
    return max(map(cell_len, text.split()), default=0)


def _table(grid: Grid, widths: Sequence[int]) -> Table:
    table = Table(title=grid.title or None, title_justify="left" if grid.title_left else "center")
    for name, width in zip(grid.header, widths, strict=True):
        table.add_column(name, width=width, justify="right" if name in grid.right else "left")
    for row in grid.rows:
        if len(row) < len(grid.header):
            table.add_section()
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    return table
