"""Describe the load that customers put on a shop: tasks and pages."""

from __future__ import annotations

from dataclasses import dataclass, replace

DAY_SECONDS = 86_400

# These defaults are assumptions, for shops that have not measured. Each is an option of `plan`.
PEAK_FACTOR = 3.0  # busiest time over the day's mean: all work of a day falls into eight hours
REQUESTS_PER_CUSTOMER_DAY = 50.0
# Time of an ordinary page, which computes; the example shop's pages take 0.01 seconds (docs/explanation/usage.md).
REQUEST_SECONDS = 0.15


@dataclass(frozen=True, kw_only=True)
class Load:
    """A load is one day of the shop, with times in seconds; `peak_factor` is the busiest time over the day's mean."""

    customers: int
    tasks_per_customer_day: float
    task_seconds: float
    peak_factor: float = PEAK_FACTOR
    requests_per_customer_day: float = REQUESTS_PER_CUSTOMER_DAY
    request_seconds: float = REQUEST_SECONDS

    def of(self, customers: int) -> Load:
        """Return the load of the same shop with another number of customers."""
        return replace(self, customers=customers)

    @property
    def tasks_average(self) -> float:
        """Return tasks per second, averaged over the whole day."""
        return self.customers * self.tasks_per_customer_day / DAY_SECONDS

    @property
    def tasks_peak(self) -> float:
        """Return tasks per second at the busiest time."""
        return self.tasks_average * self.peak_factor

    @property
    def requests_peak(self) -> float:
        """Return pages per second at the busiest time."""
        return self.customers * self.requests_per_customer_day / DAY_SECONDS * self.peak_factor
