"""Look amounts up by classes of servers, so that a slightly larger server restarts nothing."""

from __future__ import annotations

from infra.sizing.number import Number, described, memory
from infra.units import Memory


def by_server(server: Memory, rows: tuple[tuple[int, ...], ...], units: tuple[str, ...]) -> tuple[Number, ...]:
    """Return the amounts of the row for a server.

    Args:
        server: Memory of the server, as the provider advertises it.
        rows: Rows whose first item is the largest server in GiB to which they apply; the last row also covers larger
            ones.
        units: Unit of each amount after the first item of a row.
    """
    row = next((row for row in rows if server <= Memory.gib(row[0])), rows[-1])
    size = memory("server memory", server, "the catalog")
    how = ("the row up to ", f"{row[0]} GiB of ", size)
    return tuple(described(value, unit, *how) for value, unit in zip(row[1:], units, strict=True))
