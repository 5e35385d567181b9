"""Amounts by classes of servers: a little more memory restarts nothing."""

from __future__ import annotations

from infra.sizing.number import Number, described, memory
from infra.units import Memory


def by_server(server: Memory, rows: tuple[tuple[int, ...], ...], units: tuple[str, ...]) -> tuple[Number, ...]:
    """The row for that server; `rows` start with the nominal GiB up to and including which they count."""
    row = next((row for row in rows if server <= Memory.gib(row[0])), rows[-1])
    size = memory("server memory", server, "the catalog")
    how = ("the row up to ", f"{row[0]} GiB of ", size)
    return tuple(described(value, unit, *how) for value, unit in zip(row[1:], units, strict=True))
