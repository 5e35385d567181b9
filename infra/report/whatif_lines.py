"""Write a what-if as sentences and cells, for terminals and for Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterator

from infra.report.whatif_json import FORMULA
from infra.whatif.answer import WhatIf
from infra.whatif.limits import SHARE, pool_of

WORKERS = ("worker pods", "processes", "utilisation", "mean wait", "95 % wait at most")
LIMITS = ("what gives way", "at customers", "why")


def headline(answer: WhatIf) -> str:
    """Return a line with the stage, whether it holds, and its price."""
    plan, verdict = answer.plan, "holds" if answer.holds else "does not hold"
    return f"Stage {plan.stage} on {plan.provider}, {plan.region}, {verdict} this load: {answer.price}"


def sentences(answer: WhatIf) -> Iterator[str]:
    """Yield the load, the first bottleneck and the notes, each as a sentence."""
    load = answer.load
    pool = pool_of(answer.plan, load.task_seconds)
    yield (
        f"{load.customers} customers x {load.tasks_per_customer_day:g} tasks a day: {load.tasks_average:.3g} tasks per "
        f"second on average, {load.tasks_peak:.3g} at the peak (x {load.peak_factor:g}), each {load.task_seconds:g} s, "
        f"in pool {pool.pool}"
    )
    pages = answer.pages
    yield (
        f"{load.requests_per_customer_day:g} pages a day for each: {load.requests_peak:.3g} per second at the peak, "
        f"{pages.utilisation:.0%} of {pages.servers} web processes, 95 % of them "
        f"{_within(pages.response_quantile(SHARE))}"
    )
    yield f"First bottleneck: {answer.bottleneck.name}, at {answer.bottleneck.customers} customers"
    yield from answer.notes
    yield f"Waiting: {FORMULA}"


def worker_cells(answer: WhatIf) -> Iterator[tuple[str, ...]]:
    """Yield a row each for the fewest, the planned and the most worker pods."""
    for name, pods in answer.pods.items():
        queue = answer.tasks(pods)
        yield (
            f"{name}: {pods}",
            str(queue.servers),
            f"{queue.utilisation:.0%}",
            _seconds(queue.mean_wait),
            _seconds(queue.wait_quantile(SHARE)),
        )


def limit_cells(answer: WhatIf) -> Iterator[tuple[str, ...]]:
    """Yield a row for every limit, the one that is reached first at the top."""
    for limit in answer.limits:
        yield limit.name, str(limit.customers), limit.why


def _within(value: float) -> str:
    return f"within {_seconds(value)}" if math.isfinite(value) else _seconds(value)


def _seconds(value: float) -> str:
    if not math.isfinite(value):
        return "without end"
    return f"{value:.3g} s" if value >= 0.001 or value == 0 else "< 0.001 s"  # noqa: PLR2004  three digits
