"""A comparison of two stacks as Markdown."""

from __future__ import annotations

from infra.changes.stack_diff import Restart, ServerMove, StackDiff
from infra.pull_requests.markdown import Folded, code, folded_table, plain

_PODS_OF_SERVER = "the server is resized"


def diff_markdown(diff: StackDiff) -> list[str | Folded]:
    """Server, cost, restarts and what cannot be undone in the open; every amount behind a click."""
    lines = [f"- **Refused:** {plain(reason)}" for reason in diff.refused]
    lines += [f"- Server: {server_line(diff.server)}", f"- A month, servers only, without VAT: {cost_line(diff)}"]
    lines += [f"- Restarts: {line}" for line in _restarts(diff.restarts)] or ["- Restarts: nothing"]
    lines += [
        f"- **Cannot be undone:** {code(one.path)} {code(one.before)} → {code(one.after)}: {plain(one.why)}"
        for one in diff.irreversible
    ]
    lines += [f"- Assumed: {plain(one)}" for one in diff.assumptions]
    if not diff.changes:
        return ["\n".join([*lines, "- No amount changes", ""])]
    rows = [(code(one.path), code(one.before or "-"), code(one.after or "-")) for one in diff.changes]
    return ["\n".join([*lines, ""]), folded_table(f"{len(rows)} changed values", ("value", "before", "after"), rows)]


def server_line(server: ServerMove) -> str:
    """One line: stays, is resized, or why not."""
    if not server.in_place:
        return f"**{code(server.before)} → {code(server.after)} is not possible:** {plain(server.reason)}"
    if not server.possible:
        stays = f"it stays {code(server.becomes)}"
        return f"{code(server.before)} → {code(server.after)} is not possible, {stays}: {plain(server.reason)}"
    if server.before == server.after:
        return f"{code(server.before)}, unchanged"
    return f"{code(server.before)} → {code(server.after)}, resized in place (powered off and on)"


def cost_line(diff: StackDiff) -> str:
    """Both sums and the difference."""
    cost = diff.cost
    if cost.delta is None:
        return f"{cost.before} → {cost.after} {cost.currency}, in another currency than before"
    return f"{cost.before} → {cost.after} {cost.currency} ({cost.delta:+})"


def _restarts(restarts: tuple[Restart, ...]) -> list[str]:
    """One line where everything stops with the server, otherwise each with its reasons."""
    if any(one.name == "server" for one in restarts):
        with_server = [one.name for one in restarts if _PODS_OF_SERVER in one.why]
        others = [one for one in restarts if one.name != "server" and _PODS_OF_SERVER not in one.why]
        return [f"the server, and with it all of its {len(with_server)} workloads", *_each(others)]
    return _each(list(restarts))


def _each(restarts: list[Restart]) -> list[str]:
    return [f"{code(one.name)} ({plain(', '.join(one.why))})" for one in restarts]
