"""docs/reference/tier-guide.md: the numbers of the guide that the stages started from, as `stacks/` has them."""

from __future__ import annotations

from stacks import STAGES
from tools.reference.markdown import code, page, table

_INTRO = """\
The stages started from a *Celery scaling guide for production VPS*: a page of a small team that sizes one server by \
its number of customers. Wherever these pages say "the tier guide", they mean this table. `python -m infra plan` \
lists where its own numbers differ, and why; `plan --explain` shows both beside each other.

[Why the guide's table does not fit](../explanation/guide.md) on the server that it names has the measurements."""
_HEAD = ("customers", "server", "memory of all web pods", "worker pods")


def tier_guide_page() -> str:
    """Return the page's text."""
    return page(
        "The tier guide's numbers",
        _INTRO,
        "## Tiers",
        table(("stage", *_HEAD), [[str(number), *_tier(number)] for number in STAGES]),
        *(block for number in STAGES for block in _amounts(number)),
    )


def _tier(number: int) -> list[str]:
    stage = STAGES[number]
    last = f"{stage.customers_max:,}" if stage.customers_max else "any"
    row = stage.guide
    return [f"{stage.customers_min:,} to {last}", row.server, row.django_memory, row.worker_pods]


def _amounts(number: int) -> list[str]:
    amounts = STAGES[number].guide.amounts
    if not amounts:
        return []
    rows = [[code(field), value] for field, value in amounts.items()]
    return [f"## Stage {number}", table(("the plan's field", "the guide's number"), rows)]
