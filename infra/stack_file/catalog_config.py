"""Define the keys with which a stack file corrects the catalog."""

from __future__ import annotations

from pydantic import Field

from infra.stack_file.strict import StrictModel
from infra.stack_file.values.quantities import MoneyField


class CatalogConfig(StrictModel):
    """This section corrects prices, and names types that the provider does not sell at the moment."""

    sold_out: tuple[str, ...] = Field(
        default=(),
        description="instance types that can't be had now: the plan takes the next candidate, a running server stays",
    )
    prices: dict[str, MoneyField] = Field(
        default_factory=dict, description="prices a month by instance type: an old or a negotiated one"
    )

    @property
    def names(self) -> dict[str, str]:
        """Return every instance type that the section names, by its path below `catalog`."""
        sold_out = {f"sold_out.{index}": name for index, name in enumerate(self.sold_out)}
        return sold_out | {f"prices.{name}": name for name in self.prices}
