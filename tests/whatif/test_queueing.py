"""The M/M/c queue against values by hand, the textbook's sum, a simulation, and what must always hold."""

import heapq
import math
import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from infra.whatif.queueing import Queue

SERVERS = st.integers(1, 64)
SECONDS = st.floats(0.001, 600)
USED = st.floats(0.01, 0.98)


def queue(arrivals, seconds, servers):
    return Queue(arrivals=arrivals, seconds=seconds, servers=servers)


class TestByHand:
    def test_one_server_half_used(self):
        """M/M/1: C = rho, Wq = rho S / (1 - rho), the response is exponential with 1 / S - lambda."""
        one = queue(0.5, 1, 1)
        assert one.wait_probability == pytest.approx(0.5)
        assert one.mean_wait == pytest.approx(1)
        assert one.wait_quantile(0.95) == pytest.approx(math.log(0.5 / 0.05) / 0.5)
        assert one.response_quantile(0.95) == pytest.approx(math.log(20) / 0.5)

    def test_two_servers(self):
        """a = 1: P0 = 1 / (1 + 1 + 1) = 1/3, C = a^2 / 2 x 2 / (2 - 1) x P0 = 1/3, Wq = C S / (c - a) = 1/3."""
        two = queue(1, 1, 2)
        assert two.utilisation == 0.5
        assert two.wait_probability == pytest.approx(1 / 3)
        assert two.mean_wait == pytest.approx(1 / 3)

    def test_three_servers(self):
        """a = 2: sum 1 + 2 + 2 = 5, last term 8 / 6 x 3 = 4: C = 4 / 9."""
        assert queue(2, 1, 3).wait_probability == pytest.approx(4 / 9)

    def test_a_textbooks_table(self):
        """120 an hour, 3 minutes each, 10 servers: the curve says about 0.10."""
        assert queue(120 / 3600, 180, 10).wait_probability == pytest.approx(0.1013, abs=1e-4)

    def test_response_where_the_formula_is_a_limit(self):
        """c - a = 1: P(T > t) = e^-t (1 + C t)."""
        found = queue(1, 1, 2).response_quantile(0.95)
        assert math.exp(-found) * (1 + found / 3) == pytest.approx(0.05)

    @pytest.mark.parametrize("arrivals", [2, 3])
    def test_too_much_never_ends(self, arrivals):
        full = queue(arrivals, 1, 2)
        assert full.wait_probability == 1
        assert full.mean_wait == full.wait_quantile(0.95) == full.response_quantile(0.95) == math.inf

    def test_nothing_to_do(self):
        idle = queue(0, 1, 2)
        assert (idle.wait_probability, idle.mean_wait, idle.wait_quantile(0.95)) == (0, 0, 0)
        assert idle.response_quantile(0.95) == pytest.approx(math.log(20))


@given(SERVERS, USED)
def test_the_textbooks_sum(servers, used):
    """Kleinrock's form with factorials, which our recursion avoids."""
    load = used * servers
    last = load**servers / math.factorial(servers) * servers / (servers - load)
    expected = last / (sum(load**k / math.factorial(k) for k in range(servers)) + last)
    assert queue(load, 1, servers).wait_probability == pytest.approx(expected, rel=1e-9)


@given(SERVERS, SECONDS, USED, st.floats(1, 50))
def test_more_tasks_never_wait_less(servers, seconds, used, more):
    few = queue(used * servers / seconds, seconds, servers)
    many = queue(few.arrivals * more, seconds, servers)
    for share in (0.5, 0.95, 0.99):
        assert many.wait_quantile(share) >= few.wait_quantile(share) * (1 - 1e-9)
        assert many.response_quantile(share) >= few.response_quantile(share) * (1 - 1e-9)
    assert many.mean_wait >= few.mean_wait * (1 - 1e-9)


@given(SERVERS, SECONDS, USED)
def test_one_more_server_never_waits_longer(servers, seconds, used):
    fewer = queue(used * servers / seconds, seconds, servers)
    more = queue(fewer.arrivals, seconds, servers + 1)
    assert more.mean_wait <= fewer.mean_wait * (1 + 1e-9)
    assert more.wait_quantile(0.95) <= fewer.wait_quantile(0.95) * (1 + 1e-9)


@given(SERVERS, SECONDS, USED)
def test_a_response_is_at_least_its_wait(servers, seconds, used):
    one = queue(used * servers / seconds, seconds, servers)
    assume(one.wait_probability > 1e-12)
    assert one.response_quantile(0.95) >= one.wait_quantile(0.95)
    assert one.response_quantile(0.95) >= -math.log(0.05) * seconds * (1 - 1e-9)


def test_a_simulation_agrees():
    """Half a million tasks for four servers that are used at 80 %: the mean wait within 5 %, the 95th within 5 %."""
    dice = random.Random(4711)  # noqa: S311  the same arrivals in every run
    asked = queue(3.2, 1, 4)
    free, now, waits = [0.0] * asked.servers, 0.0, []
    for _ in range(500_000):
        now += dice.expovariate(asked.arrivals)
        begins = max(now, heapq.heappop(free))
        waits.append(begins - now)
        heapq.heappush(free, begins + dice.expovariate(1 / asked.seconds))
    assert sum(waits) / len(waits) == pytest.approx(asked.mean_wait, rel=0.05)
    assert sorted(waits)[int(len(waits) * 0.95)] == pytest.approx(asked.wait_quantile(0.95), rel=0.05)
