"""Plan for a hypothetical load: `python -m infra plan --customers`."""

from __future__ import annotations

import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from infra.cli.options import provider_problems, refuse, stage_problems, wrong
from infra.report.output import Format
from infra.report.plan_parts import Parts, explain_parts, parts_json, print_parts
from infra.stack_file.values.limits import MOST_CUSTOMERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.errors import Problem
    from infra.stack_file.stack_config import StackConfig
    from infra.whatif.answer import WhatIf
    from infra.whatif.load import Load

DEFAULT_PROVIDER = "hetzner"


@dataclass(frozen=True)
class LoadOptions:
    """Hold the options about a load; None means that the option was not given."""

    customers: int | None = None
    tasks_per_customer_day: float | None = None
    task_seconds: float | None = None
    peak_factor: float | None = None
    requests_per_customer_day: float | None = None
    request_seconds: float | None = None

    @property
    def of_tasks(self) -> bool:
        """Return whether an option was given that only makes sense for a load."""
        return any(value is not None for name, value in vars(self).items() if name != "customers")

    def problems(self) -> list[Problem]:
        """Return every problem with the values."""
        found = []
        if self.customers is not None and not 0 <= self.customers <= MOST_CUSTOMERS:
            found.append(
                wrong("--customers", self.customers, f"0 to {MOST_CUSTOMERS}", "How many customers the shop has")
            )
        for name, (most, hint) in _ABOVE_ZERO.items():
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and 0 < value <= most):
                found.append(wrong(_option(name), f"{value:g}", f"above 0, at most {most:,}", hint))
        if self.peak_factor is not None and not 1 <= self.peak_factor <= _MOST_PEAK:
            hint = "The busiest time is never below the day's mean"
            found.append(wrong("--peak-factor", f"{self.peak_factor:g}", f"1 to {_MOST_PEAK:,}", hint))
        return found

    def missing(self) -> list[Problem]:
        """Return a problem for each required option that is missing."""
        names = ("customers", "tasks_per_customer_day", "task_seconds")
        hint = "For example --customers 900 --tasks-per-customer-day 40 --task-seconds 0.3"
        return [wrong(_option(one), "", "is required with the others", hint) for one in names if self._lacks(one)]

    def _lacks(self, name: str) -> bool:
        return getattr(self, name) is None

    def load(self) -> Load:
        """Return the load; `missing` must be empty."""
        from infra.whatif.load import Load  # noqa: PLC0415  `plan` alone is to be quick

        return Load(**{name: value for name, value in vars(self).items() if value is not None})


# The largest sensible values, and the meaning of each option. A customer does not cause a million tasks a day. Redis
# hands a task that takes longer than a day to another worker.
_ABOVE_ZERO = {
    "tasks_per_customer_day": (1_000_000, "How many tasks each customer causes a day: mails, reports, exports"),
    "task_seconds": (86_400, "Mean seconds of a task: the dashboard Celery has them"),
    "requests_per_customer_day": (1_000_000, "How many pages each customer sees a day"),
    "request_seconds": (3600, "Mean seconds of a page: the dashboard Shop has them"),
}
_MOST_PEAK = 1_000_000


def config_of(
    options: LoadOptions, stack_file: Path | None, stage: int | None, provider: str | None, more: Iterable[Problem] = ()
) -> StackConfig | None:
    """Return the config of the hypothetical stack; None if neither customers nor a load are given.

    Args:
        options: the options about the load.
        stack_file: the file to start from; None: an example.
        stage: plan this stage; None: the one for the customers.
        provider: plan this provider; None: the file's, or the default.
        more: problems that were found before.

    Raises:
        ConfigError: the options or the stack file cannot be used.
    """
    needed = options.missing() if options.of_tasks else []
    problems = [*options.problems(), *needed, *provider_problems(provider), *stage_problems(stage)]
    if stage is not None and options.customers is not None and not options.of_tasks:
        allowed = "one of --stage and --customers: each of them decides the tier"
        hint = (
            "Leave one out; both are right with a load, as --tasks-per-customer-day, which is then tried at that stage"
        )
        problems.append(wrong("--stage", stage, allowed, hint))
    refuse([*problems, *more])
    if options.customers is None:
        return None
    if stack_file is not None:
        from infra.cli.sides import with_customers, with_stage  # noqa: PLC0415  as above
        from infra.stack_file.reader.parse import parse_stack_file  # noqa: PLC0415  as above

        config = with_stage(parse_stack_file(stack_file), stage, provider)
        return config if stage else with_customers(config, options.customers)
    from infra.prices.listing import example  # noqa: PLC0415  as above
    from infra.stack_file.catalog_config import CatalogConfig  # noqa: PLC0415  as above

    named = provider or DEFAULT_PROVIDER
    return example(named, stage, CatalogConfig(), None if stage else options.customers)


def answer_of(options: LoadOptions, config: StackConfig, *, fixed: bool) -> WhatIf:
    """Return the plan under the load.

    Args:
        options: the options about the load.
        config: the config to plan.
        fixed: True plans its stage; False finds the smallest stage that holds the load.

    Raises:
        ConfigError: the config can't be planned, or no worker would finish such a task.
    """
    from infra.planner.plan_for import plan_for  # noqa: PLC0415  as above
    from infra.whatif.answer import ask, smallest_that_holds  # noqa: PLC0415  as above

    chosen = ask if fixed else smallest_that_holds
    return chosen(plan_for, config, options.load())


def show_answer(answer: WhatIf, output_format: Format, parts: Parts) -> None:
    """Print the answer and the parts that are asked for; then refuse a plan that is not sound or does not hold.

    Args:
        answer: the plan under the load.
        output_format: text, Markdown or JSON.
        parts: the parts of the plan that are asked for.

    Raises:
        RefusedError: the plan is not sound, or a part of it fails below these customers.
    """
    from infra.sizing.sound import require_sound  # noqa: PLC0415  as above
    from infra.whatif.answer import require_holds  # noqa: PLC0415  as above

    _print(answer, output_format, parts)
    require_sound(answer.plan)
    require_holds(answer)


def _print(answer: WhatIf, output_format: Format, parts: Parts) -> None:
    """Print JSON with the plan's and more keys; or the answer and then the parts, as text or Markdown."""
    explained = explain_parts(answer.config, parts)
    if output_format is Format.JSON:
        from infra.report.plan_json import plan_to_json  # noqa: PLC0415  as above
        from infra.report.whatif_json import whatif_to_json  # noqa: PLC0415  as above

        content = plan_to_json(answer.plan) | whatif_to_json(answer) | parts_json(explained, parts)
        sys.stdout.write(json.dumps(content, indent=2) + "\n")
        return
    from infra.report.whatif_text import print_whatif, whatif_markdown  # noqa: PLC0415  as above

    if output_format is Format.MARKDOWN:
        sys.stdout.write(whatif_markdown(answer) + ("\n" if parts.any else ""))
    else:
        print_whatif(answer)
    print_parts(explained, answer.plan, output_format, parts)


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
