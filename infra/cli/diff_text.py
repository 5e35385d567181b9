"""A comparison as tables."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from infra.changes.events import away, minutes
from infra.changes.stack_diff import ServerMove, StackDiff
from infra.cli.console import new_console


def print_diff(diff: StackDiff) -> None:
    """Server and cost, what restarts, what cannot be undone, every changed value."""
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
        console.print(f"the shop is away: {away(diff)}")
    for one in diff.irreversible:
        console.print(f"cannot be undone: {one.path} {one.before} to {one.after}: {one.why}", style="bold")
    console.print(f"root disk: {diff.root_disk.said}")
    for line in diff.assumptions:
        console.print(f"assumed: {line}")
    _order(console, diff)
    restarts = Table("what", "why", "away", title="Restarts")
    for restart in diff.restarts:
        restarts.add_row(restart.name, ", ".join(restart.why), minutes(restart.away_seconds))
    console.print(restarts if diff.restarts else "nothing restarts")
    changes = Table("value", "before", "after", title="Changes")
    for change in diff.changes:
        changes.add_row(change.path, change.before or "-", change.after or "-")
    console.print(changes if diff.changes else "no value changes")


def _order(console: Console, diff: StackDiff) -> None:
    """What happens, how its time was reckoned, and the way back."""
    if diff.events:
        console.print("What happens, in this order", style="bold")
    for number, event in enumerate(diff.events, start=1):
        console.print(f"{number}. {event.what}: {event.effect}", highlight=False)
    if diff.downtime.parts:
        console.print("How the time away is reckoned", style="bold")
    for part in diff.downtime.parts:
        console.print(f"- {part.seconds:g} s: {part.what} ({part.source})", highlight=False, markup=False)
    if diff.changes and not diff.refused:
        console.print("How to go back", style="bold")
        for line in diff.way_back.lines:
            console.print(f"- {line}", highlight=False, markup=False)


def _server(server: ServerMove) -> str:
    if not server.possible:
        return f"{server.before} to {server.after} is not possible, it stays {server.becomes}: {server.reason}"
    if server.before == server.after:
        return f"{server.before}, unchanged"
    return f"{server.before} to {server.after}, resized in place (powered off and on)"
