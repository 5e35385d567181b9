"""Write a what-if as JSON: times in seconds, null for a queue that never ends."""

from __future__ import annotations

import math
from typing import Any

from infra.report.prices_json import month_to_json
from infra.whatif.answer import WhatIf
from infra.whatif.limits import SHARE, Limit, connections_used
from infra.whatif.queueing import Queue

FORMULA = "M/M/c queue, waiting by Erlang C (docs/explanation/what-if.md)"
_DIGITS = 4


def whatif_to_json(answer: WhatIf) -> dict[str, Any]:
    """Return the keys that `plan --json` adds to the plan's own."""
    load = answer.load
    workers = {name: {"pods": pods, **_queue(answer.tasks(pods))} for name, pods in answer.pods.items()}
    planned = workers["planned"]
    return {
        "load": {
            **vars(load),
            "tasks_per_second_average": _round(load.tasks_average),
            "tasks_per_second_peak": _round(load.tasks_peak),
            "utilisation": planned["utilisation"],
            "expected_wait_seconds": planned["mean_wait_seconds"],
            "p95_wait_seconds": planned["p95_wait_seconds"],
            "formula": FORMULA,
            "workers": workers,
            "web": {
                "requests_per_second_peak": _round(load.requests_peak),
                **_queue(answer.pages),
                "p95_response_seconds": _round(answer.pages.response_quantile(SHARE)),
            },
            "database_connections": _round(connections_used(load)),
        },
        "holds": answer.holds,
        "bottleneck": _limit(answer.bottleneck),
        "limits": [_limit(limit) for limit in answer.limits],
        "notes": list(answer.notes),
        "price": month_to_json(answer.price),
    }


def _queue(queue: Queue) -> dict[str, Any]:
    return {
        "processes": queue.servers,
        "utilisation": _round(queue.utilisation),
        "wait_probability": _round(queue.wait_probability),
        "mean_wait_seconds": _round(queue.mean_wait),
        "p95_wait_seconds": _round(queue.wait_quantile(SHARE)),
    }


def _limit(limit: Limit) -> dict[str, Any]:
    return {"name": limit.name, "customers": limit.customers, "why": limit.why}


def _round(value: float) -> float | None:
    """Round to four digits; return None for infinity, which JSON does not have."""
    return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None
