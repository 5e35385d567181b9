"""Write a comparison of two stacks as Markdown."""

from __future__ import annotations

from infra.report.markdown import Folded, folded_table
from infra.report.markdown_text import code, plain
from infra.updates.changes.downtime import own_reasons
from infra.updates.changes.events import downtime_words, minutes
from infra.updates.changes.restarts import SERVER
from infra.updates.changes.stack_diff import Restart, ServerMove, StackDiff


def diff_markdown(diff: StackDiff) -> list[str | Folded]:
    """Return the facts that decide a merge in the open; the calculation and all amounts are folded."""
    lines = [f"- **Refused:** {plain(reason)}" for reason in diff.refused]
    lines += [f"- **Server:** {server_line(diff.server)}", f"- **A month without VAT:** {cost_line(diff)}"]
    if not diff.refused:
        lines.append(f"- **Downtime of the shop:** {plain(downtime_words(diff))}")
    lines += [f"- **Restarts:** {line}" for line in _restarts(diff.restarts)] or ["- **Restarts:** nothing"]
    lines += [
        f"- **Cannot be undone:** {code(one.path)} {code(one.before)} → {code(one.after)}: {plain(one.why)}"
        for one in diff.irreversible
    ] or ["- **Cannot be undone:** nothing"]
    lines.append(f"- The server's root disk, which decides what it can become: {plain(diff.root_disk.said)}")
    lines += [f"- **Assumed:** {plain(one)}" for one in diff.assumptions]
    if not diff.changes:
        lines.append("- No amount changes")
    return ["\n".join([*lines, ""]), *_order(diff), *_folded(diff)]


def server_line(server: ServerMove) -> str:
    """Say in one line whether the server stays or is resized, or why it can't be."""
    if not server.in_place:
        return f"**{code(server.before)} → {code(server.after)} is not possible:** {plain(server.reason)}"
    if not server.possible:
        stays = f"it stays {code(server.becomes)}"
        return f"{code(server.before)} → {code(server.after)} is not possible, {stays}: {plain(server.reason)}"
    if server.before == server.after:
        return f"{code(server.before)}, unchanged"
    return f"{code(server.before)} → {code(server.after)}, resized in place (powered off and on)"


def cost_line(diff: StackDiff) -> str:
    """Return both sums, their difference, and the items."""
    cost = diff.cost
    if cost.delta is None:
        return f"{cost.before.total} {cost.before.currency} → {cost.after.total} {cost.currency}: another currency"
    total = f"{cost.before.total} → {cost.after.total} {cost.currency} ({cost.delta:+})"
    return f"{total}: {', '.join(cost.items)}"


def _order(diff: StackDiff) -> list[str]:
    """Return the update's steps, and the way back."""
    parts = []
    if diff.events:
        steps = [f"{number}. {plain(one.what)}: {plain(one.effect)}" for number, one in enumerate(diff.events, start=1)]
        parts.append("\n".join(["What happens, in this order:", "", *steps, ""]))
    if diff.changes and not diff.refused:
        parts.append("\n".join(["How to go back:", "", *(f"- {plain(one)}" for one in diff.way_back.lines), ""]))
    return parts


def _folded(diff: StackDiff) -> list[Folded]:
    parts = [(plain(one.what), f"{one.seconds:g} s", plain(one.source)) for one in diff.downtime.parts]
    rows = [(code(one.path), code(one.before or "-"), code(one.after or "-")) for one in diff.changes]
    single = [(code(one.name), minutes(one.away_seconds), plain(", ".join(one.why))) for one in diff.restarts]
    found = []
    if parts:
        found.append(folded_table("How the downtime is calculated", ("what", "time", "from"), parts))
    if single:
        found.append(folded_table(f"{len(single)} restarts", ("what", "downtime", "why"), single))
    if rows:
        found.append(folded_table(f"{len(rows)} changed values", ("value", "before", "after"), rows))
    return found


def _restarts(restarts: tuple[Restart, ...]) -> list[str]:
    """Return one line for everything that stops with the server, and one for each other restart with its reasons."""
    if any(one.name == SERVER for one in restarts):
        with_server = [one.name for one in restarts if len(own_reasons(one.why)) < len(one.why)]
        others = [one for one in restarts if one.name not in (SERVER, *with_server)]
        return [f"the server, and with it all of its {len(with_server)} workloads", *_each(others)]
    return _each(list(restarts))


def _each(restarts: list[Restart]) -> list[str]:
    return [f"{code(one.name)} ({plain(', '.join(one.why))})" for one in restarts]
