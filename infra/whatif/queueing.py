"""Calculate waiting times in an M/M/c queue with Erlang's C formula.

The model has random arrivals, exponential service times, c equal servers and one queue (A. K. Erlang 1917; L.
Kleinrock, Queueing Systems, volume 1, 1975, section 3.5). docs/explanation/what-if.md has the formulas and says what
they leave out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_STEPS = 100  # halvings: more than enough for the digits of a float


@dataclass(frozen=True, kw_only=True)
class Queue:
    """A queue has arrivals per second, seconds of service for each arrival, and a number of servers."""

    arrivals: float
    seconds: float
    servers: int

    @property
    def load(self) -> float:
        """Return how many servers are busy on average if there are enough of them (Little's law, in Erlang)."""
        return self.arrivals * self.seconds

    @property
    def utilisation(self) -> float:
        """Return the load per server; from 1 on the queue grows without end."""
        return self.load / self.servers

    @property
    def wait_probability(self) -> float:
        """Return the share of arrivals that find every server busy (Erlang's C)."""
        if self.utilisation >= 1:
            return 1.0
        blocked = 1.0  # Erlang's B by recursion, because factorials overflow
        for server in range(1, self.servers + 1):
            blocked = self.load * blocked / (server + self.load * blocked)
        return blocked / (1 - self.utilisation * (1 - blocked))

    @property
    def mean_wait(self) -> float:
        """Return the average waiting time of all arrivals in seconds, or infinity if the queue grows without end."""
        if self.utilisation >= 1:
            return math.inf
        return self.wait_probability * self.seconds / (self.servers - self.load)

    def wait_quantile(self, share: float) -> float:
        """Return the seconds within which this share of the arrivals gets a server.

        Args:
            share: A number between 0 and 1.
        """
        if self.utilisation >= 1:
            return math.inf
        longer = 1 - share
        if self.wait_probability <= longer:
            return 0.0
        return math.log(self.wait_probability / longer) * self.seconds / (self.servers - self.load)

    def response_quantile(self, share: float) -> float:
        """Return the seconds within which this share of the arrivals is done, waiting and service together.

        The function bisects, because the formula has no inverse.

        Args:
            share: A number between 0 and 1.
        """
        if self.utilisation >= 1:
            return math.inf
        # The sum is longer than this bound only if waiting or service exceeds its own quantile, each for half the rest.
        rest = (1 - share) / 2
        low, high = 0.0, self.wait_quantile(1 - rest) - math.log(rest) * self.seconds
        for _ in range(_STEPS):
            middle = (low + high) / 2
            low, high = (middle, high) if self._response_longer(middle) > 1 - share else (low, middle)
        return high

    def _response_longer(self, seconds: float) -> float:
        """Return the share of arrivals that need longer than this."""
        time, spare = seconds / self.seconds, self.servers - self.load
        if math.isclose(spare, 1, abs_tol=1e-9):
            return math.exp(-time) * (1 + self.wait_probability * time)
        waited = self.wait_probability * (math.exp(-time) - math.exp(-time * spare)) / (spare - 1)
        return math.exp(-time) + waited
