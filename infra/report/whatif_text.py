"""Print a what-if as text, or write it as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from infra.report.whatif_lines import LIMITS, WORKERS, headline, limit_cells, sentences, worker_cells
from infra.whatif.answer import WhatIf


def print_whatif(answer: WhatIf) -> None:
    """Print the answer without the plan, which `plan --stage N` prints."""
    from infra.report.console import new_console  # noqa: PLC0415  Markdown needs none of it
    from infra.report.grid import Grid, print_grid  # noqa: PLC0415  as above

    console = new_console(highlight=False)
    console.print(headline(answer), style="bold green" if answer.holds else "bold red")
    for line in sentences(answer):
        console.print(line)
    for header, rows in ((WORKERS, worker_cells(answer)), (LIMITS, limit_cells(answer))):
        print_grid(console, Grid(header=header, rows=list(rows)))
    console.print(f"{answer.price} without VAT: {answer.price.bill}")
    plan = answer.plan
    console.print(f"The whole plan: python -m infra plan --stage {plan.stage} --provider {plan.provider}")


def whatif_markdown(answer: WhatIf) -> str:
    """Return the same as Markdown, for a pull request."""
    lines = [f"**{headline(answer)}**", "", *(f"- {line}" for line in sentences(answer)), ""]
    lines += [*_table(WORKERS, worker_cells(answer)), "", *_table(LIMITS, limit_cells(answer))]
    return "\n".join(lines) + "\n"


def _table(header: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    names = list(header)
    yield f"| {' | '.join(names)} |"
    yield "|" + "---|" * len(names)
    for row in rows:
        yield f"| {' | '.join(row)} |"
