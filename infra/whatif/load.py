"""What customers ask of a shop: tasks and pages."""

from __future__ import annotations

from dataclasses import dataclass, replace

DAY_SECONDS = 86_400

# Assumptions where nobody measured; each is an option of `plan`.
PEAK_FACTOR = 3.0  # the busiest hour beside the day's mean: two thirds of a day's work in a working day's eight hours
REQUESTS_PER_CUSTOMER_DAY = 50.0
REQUEST_SECONDS = 0.15  # a page of a usual app that computes; the example shop's take 0.01 (explanation/usage.md)


@dataclass(frozen=True, kw_only=True)
class Load:
    """A day of the shop; `peak_factor` is the busiest time beside the day's mean."""

    customers: int
    tasks_per_customer_day: float
    task_seconds: float
    peak_factor: float = PEAK_FACTOR
    requests_per_customer_day: float = REQUESTS_PER_CUSTOMER_DAY
    request_seconds: float = REQUEST_SECONDS

    def of(self, customers: int) -> Load:
        """The same shop with so many customers."""
        return replace(self, customers=customers)

    @property
    def tasks_average(self) -> float:
        """Tasks per second over the whole day."""
        return self.customers * self.tasks_per_customer_day / DAY_SECONDS

    @property
    def tasks_peak(self) -> float:
        """Tasks per second at the busiest time."""
        return self.tasks_average * self.peak_factor

    @property
    def requests_peak(self) -> float:
        """Pages per second at the busiest time."""
        return self.customers * self.requests_per_customer_day / DAY_SECONDS * self.peak_factor
