"""What a running server can become, for every pair of stages on every provider."""

import itertools

import pytest

from infra.updates.changes.server import plan_move
from tests.plans import REGIONS
from tests.updates.changes.configs import config

PAIRS = list(itertools.permutations(range(1, 6), 2))


@pytest.mark.parametrize("provider", REGIONS)
@pytest.mark.parametrize(("old", "new"), PAIRS)
class TestEveryMove:
    def test_the_server_stays_and_nothing_is_refused(self, provider, old, new):
        """Vultr's way down included: there the server keeps its type."""
        move = plan_move(config(old, provider), config(new, provider))
        assert move.server.in_place
        assert move.refused == ()
        assert move.after.volume_size_gib >= move.before.volume_size_gib

    def test_only_vultr_cannot_go_down(self, provider, old, new):
        server = plan_move(config(old, provider), config(new, provider)).server
        smaller = old > new and server.before != server.after
        assert server.possible is not (provider == "vultr" and smaller)
        assert server.becomes == (server.after if server.possible else server.before)


class TestRootDisk:
    def test_a_real_figure_replaces_the_assumption(self):
        assert plan_move(config(2), config(1)).assumptions != ()
        assert plan_move(config(2), config(1), root_disk_gb=40).assumptions == ()

    def test_upwards_there_is_nothing_to_assume(self):
        assert plan_move(config(1), config(2)).assumptions == ()
