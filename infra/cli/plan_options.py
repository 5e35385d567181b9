"""Define the options of `plan` about money and load; `infra/cli/whatif.py` reads them."""

from typing import Annotated

import typer

from infra.cli.options import number_option, whole_option

Budget = Annotated[
    str | None, typer.Option(help="Most that a month may cost, in the provider's currency; above it is refused.")
]
Customers = Annotated[int | None, whole_option("Plan the stage for so many customers; needs no stack file.")]
Tasks = Annotated[float | None, number_option("With --customers: tasks that each customer causes a day.")]
TaskSeconds = Annotated[float | None, number_option("With --customers: mean seconds of a task.")]
PeakFactor = Annotated[float | None, number_option("The busiest time beside the day's mean (3); more in a season.")]
Requests = Annotated[float | None, number_option("Pages that each customer sees a day (50).")]
RequestSeconds = Annotated[float | None, number_option("Mean seconds of a page (0.15).")]
Explain = Annotated[bool, typer.Option("--explain", help="Where each amount comes from: rule, inputs, source.")]
Contracts = Annotated[bool, typer.Option("--contracts", help="The contracts alone, with the field of each.")]
