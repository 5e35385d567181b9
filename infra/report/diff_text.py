"""Print a comparison as tables."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from infra.report.console import new_console
from infra.report.grid import Grid, print_folded, print_grid
from infra.updates.changes.events import downtime_words, minutes
from infra.updates.changes.stack_diff import ServerMove, StackDiff


def print_diff(diff: StackDiff) -> None:
    """Print server and cost, the restarts, changes that cannot be undone, and every changed value."""
    console = new_console()
    cost = diff.cost
    console.print(f"Stage {diff.stages[0]} to {diff.stages[1]}", style="bold")
    console.print(f"server: {_server(diff.server)}")
    if cost.delta is None:
        console.print(f"without VAT: {cost.before}, then {cost.after}: another currency")
    else:
        console.print(
            f"a month without VAT: {cost.before.total} to {cost.after.total} {cost.currency} ({cost.delta:+})"
        )
        console.print(f"  ({', '.join(cost.items)})", highlight=False)
    if not diff.refused:
        console.print(f"downtime of the shop: {downtime_words(diff)}")
    for one in diff.irreversible:
        undone = f"cannot be undone: {one.path} {one.before} to {one.after}: {one.why}"
        print_folded(console, Text(undone, "bold"))
    console.print(f"root disk: {diff.root_disk.said}")
    for line in diff.assumptions:
        console.print(f"assumed: {line}")
    _order(console, diff)
    _print_tables(console, diff)


def _order(console: Console, diff: StackDiff) -> None:
    """Print the update's steps, how the downtime is calculated, and the way back."""
    if diff.events:
        console.print("What happens, in this order", style="bold")
    for number, event in enumerate(diff.events, start=1):
        print_folded(console, f"{number}. {event.what}: {event.effect}", then="   ")
    if diff.downtime.parts:
        console.print("How the downtime is calculated", style="bold")
    for part in diff.downtime.parts:
        print_folded(console, f"- {part.seconds:g} s: {part.what} ({part.source})")
    if diff.changes and not diff.refused:
        console.print("How to go back", style="bold")
        for line in diff.way_back.lines:
            print_folded(console, f"- {line}")


def _print_tables(console: Console, diff: StackDiff) -> None:
    if diff.restarts:
        restarts = [(one.name, ", ".join(one.why), minutes(one.away_seconds)) for one in diff.restarts]
        print_grid(console, Grid(header=("what", "why", "downtime"), rows=restarts, title="Restarts"))
    else:
        console.print("nothing restarts")
    if diff.changes:
        changes = [(one.path, one.before or "-", one.after or "-") for one in diff.changes]
        lines = [(f"{path}: {before} to {after}",) for path, before, after in changes]
        wide = Grid(header=("value", "before", "after"), rows=changes, title="Changes")
        print_grid(console, wide, Grid(header=("value",), rows=lines, title="Changes"))
    else:
        console.print("no value changes")


def _server(server: ServerMove) -> str:
    if not server.possible:
        return f"{server.before} to {server.after} is not possible, it stays {server.becomes}: {server.reason}"
    if server.before == server.after:
        return f"{server.before}, unchanged"
    return f"{server.before} to {server.after}, resized in place (powered off and on)"
