"""Define `python -m infra prices`."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli import complete
from infra.cli.options import provider_problems, read_budget, refuse, sold_out_problems, stage_problems, whole_option
from infra.clouds import CLOUDS
from infra.clouds.catalog.age import MOST_DAYS, as_of, warnings
from infra.errors import Problem, RefusedError
from infra.planner.plan_for import plan_for
from infra.report.output import Format
from stacks import LAST, STAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.prices.listing import StagePrice


def prices(
    *,
    provider: Annotated[str | None, typer.Option(help="Only this provider.", autocompletion=complete.providers)] = None,
    stage: Annotated[
        int | None, whole_option(f"Only this stage (1 to {LAST}).", autocompletion=complete.stages)
    ] = None,
    budget: Annotated[
        str | None, typer.Option(help="Most that a month may cost, in each provider's own currency.")
    ] = None,
    sold_out: Annotated[
        list[str] | None,
        typer.Option(
            help="An instance type that can't be had; may be named several times.",
            autocompletion=complete.instance_types,
        ),
    ] = None,
    output_format: Annotated[Format, typer.Option("--format", help="How it is printed.")] = Format.TEXT,
    json_output: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Print what every stage costs a month on every provider, and per customer at both ends of the tier."""
    amount, problems = read_budget(budget)
    gone = tuple(sold_out or ())
    refuse([*provider_problems(provider), *stage_problems(stage), *sold_out_problems(gone), *problems])
    from infra.prices.listing import list_prices  # noqa: PLC0415  `plan` is to be quick

    providers = [one for one in CLOUDS if provider in (None, one)]
    rows = list_prices(plan_for, providers, [stage] if stage else sorted(STAGES), sold_out=gone)
    today = datetime.now(UTC).date()
    old = warnings(providers, today)
    if json_output or output_format is Format.JSON:
        sys.stdout.write(json.dumps(_to_json(rows, amount, providers, today), indent=2) + "\n")
    else:
        _print(rows, amount, output_format)
    for line in old:
        sys.stderr.write(f"warning: {line}\n")
    _refuse_above(rows, amount)


def _print(rows: Sequence[StagePrice], budget: Decimal | None, output_format: Format) -> None:
    """Print the rows, and load only the modules that the format needs."""
    if output_format is Format.MARKDOWN:
        from infra.report.prices_markdown import prices_markdown  # noqa: PLC0415  see above

        sys.stdout.write(prices_markdown(rows, budget))
        return
    from infra.report.prices_text import print_prices  # noqa: PLC0415  see above

    print_prices(rows, budget)


def _to_json(
    rows: Sequence[StagePrice], budget: Decimal | None, providers: Sequence[str], today: date
) -> dict[str, object]:
    from infra.report.prices_json import prices_to_json  # noqa: PLC0415  as above

    ages = {provider: (today - as_of(provider)).days for provider in providers}
    catalog = {
        one: {"as_of": as_of(one).isoformat(), "age_days": age, "too_old": age > MOST_DAYS} for one, age in ages.items()
    }
    return {"prices": prices_to_json(rows, budget), "catalog": catalog}


def _refuse_above(rows: Sequence[StagePrice], budget: Decimal | None) -> None:
    """Raise RefusedError if no row is within the budget; the message names the cheapest ones."""
    if budget is None or any(row.within(budget) for row in rows):
        return
    problems = []
    for provider in dict.fromkeys(row.provider for row in rows):
        row = min((one for one in rows if one.provider == provider), key=lambda one: one.price.total)
        over = row.price.total - budget
        problems.append(
            Problem(
                path="--budget",
                value=str(budget),
                allowed=f"stage {row.stage} on {provider}, the cheapest, is {row.price}: {over} more",
                hint=_hint(row, budget),
            )
        )
    raise RefusedError("nothing is within the budget", problems)


def _hint(row: StagePrice, budget: Decimal) -> str:
    cheaper = [one for one in row.fallbacks if one.price.total <= budget]
    if cheaper:
        return f"With {cheaper[0].instance_type} it would be {cheaper[0].price}"
    return f"Raise it to {row.price.total}, or ask for a smaller stage"
