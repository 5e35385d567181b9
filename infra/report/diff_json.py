"""Write a comparison as one JSON object: amounts are texts with their unit, prices are numbers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from infra.updates.changes.stack_diff import Change, Irreversible, StackDiff


def diff_to_json(diff: StackDiff) -> dict[str, Any]:
    """Return the object that `diff --json` prints; new versions only add keys."""
    server, cost = diff.server, diff.cost
    return {
        "stage": {"from": diff.stages[0], "to": diff.stages[1]},
        "server": {
            "from": server.before,
            "to": server.after,
            "becomes": server.becomes,
            "in_place": server.in_place,
            "possible": server.possible,
            "reason": server.reason,
        },
        "root_disk": asdict(diff.root_disk),
        "changes": [_change(one) for one in diff.changes],
        "restarts": [asdict(one) for one in diff.restarts],
        "irreversible": [{**_change(one), "why": one.why} for one in diff.irreversible],
        "cost": {
            "from": float(cost.before.total),
            "to": float(cost.after.total),
            "delta": None if cost.delta is None else float(cost.delta),
            "currency": cost.currency,
        },
        "downtime_seconds": diff.downtime.seconds,
        "downtime": [asdict(one) for one in diff.downtime.parts],
        "events": [asdict(one) for one in diff.events],
        "way_back": asdict(diff.way_back),
        "assumptions": list(diff.assumptions),
        "refused": list(diff.refused),
    }


def _change(one: Change | Irreversible) -> dict[str, str | None]:
    return {"path": one.path, "from": one.before, "to": one.after}
