"""The M/M/c queue: waiting by Erlang's C formula.

Arrivals at random, service times exponential, c equal servers, one queue.  A. K. Erlang 1917; L. Kleinrock, Queueing
Systems, volume 1 (1975), section 3.5.  docs/explanation/what-if.md has the formulas and what they leave out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_STEPS = 100  # halvings: more than a float has digits


@dataclass(frozen=True, kw_only=True)
class Queue:
    """So many arrivals a second, each of so many seconds, for so many servers."""

    arrivals: float
    seconds: float
    servers: int

    @property
    def load(self) -> float:
        """Servers that are busy on average, if there are enough: Little's law, in Erlang."""
        return self.arrivals * self.seconds

    @property
    def utilisation(self) -> float:
        """Above 1 the queue grows without end."""
        return self.load / self.servers

    @property
    def wait_probability(self) -> float:
        """Erlang's C: the share of arrivals that find every server busy."""
        if self.utilisation >= 1:
            return 1.0
        blocked = 1.0  # Erlang's B, by its recursion: no factorial overflows
        for server in range(1, self.servers + 1):
            blocked = self.load * blocked / (server + self.load * blocked)
        return blocked / (1 - self.utilisation * (1 - blocked))

    @property
    def mean_wait(self) -> float:
        """Seconds before a server is free, on average over all arrivals."""
        if self.utilisation >= 1:
            return math.inf
        return self.wait_probability * self.seconds / (self.servers - self.load)

    def wait_quantile(self, share: float) -> float:
        """Seconds that this share of the arrivals does not wait longer than."""
        if self.utilisation >= 1:
            return math.inf
        longer = 1 - share
        if self.wait_probability <= longer:
            return 0.0
        return math.log(self.wait_probability / longer) * self.seconds / (self.servers - self.load)

    def response_quantile(self, share: float) -> float:
        """The same for waiting and service together; by halving, the formula can't be turned round."""
        if self.utilisation >= 1:
            return math.inf
        # Neither part alone is longer than its own quantile of half the rest.
        rest = (1 - share) / 2
        low, high = 0.0, self.wait_quantile(1 - rest) - math.log(rest) * self.seconds
        for _ in range(_STEPS):
            middle = (low + high) / 2
            low, high = (middle, high) if self._response_longer(middle) > 1 - share else (low, middle)
        return high

    def _response_longer(self, seconds: float) -> float:
        """The share of arrivals that is not done after so long."""
        time, spare = seconds / self.seconds, self.servers - self.load
        if math.isclose(spare, 1, abs_tol=1e-9):
            return math.exp(-time) * (1 + self.wait_probability * time)
        waited = self.wait_probability * (math.exp(-time) - math.exp(-time * spare)) / (spare - 1)
        return math.exp(-time) + waited
