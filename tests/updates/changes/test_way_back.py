"""The way back is planned, not promised."""

import itertools

import pytest

from infra.planner.plan_for import plan_for
from infra.prices.month import month_price
from infra.updates.changes.compare import compare
from tests.plans import REGIONS
from tests.updates.changes.configs import config


def back(before, after, **more):
    return compare(before, after, **more).way_back


@pytest.mark.parametrize("provider", REGIONS)
@pytest.mark.parametrize(("old", "new"), list(itertools.permutations(range(1, 6), 2)))
def test_every_move(provider, old, new):
    """Upwards only Vultr keeps the larger server; downwards a smaller one may do for the old stage, too."""
    diff = compare(config(old, provider), config(new, provider))
    resized = diff.server.before != diff.server.becomes
    stays = any(line.startswith(f"the server stays {diff.server.becomes}") for line in diff.way_back.lines)
    assert diff.way_back.complete is not stays
    if new > old:
        assert stays is (provider == "vultr" and resized)


def test_hetzner_makes_it_small_again():
    made = back(config(1), config(2))
    assert made.complete
    assert "the server becomes cx23 again, in place, and is down once more" in made.lines
    assert "the volume keeps its 60 GiB" in made.lines
    assert "Hetzner bills a resized server at today's price, also after the way back" in made.lines


def test_a_root_disk_that_is_too_large():
    """Built as a cx33: the cx23 of stage 1 was never possible, so nothing is to be taken back either."""
    made = back(config(2), config(1), root_disk_gb=80)
    assert "the volume keeps its 60 GiB" not in made.lines
    assert made.complete


def test_vultr_does_not():
    made = back(config(1, "vultr"), config(2, "vultr"))
    price = month_price(plan_for(config(2, "vultr")))
    assert not made.complete
    assert f"the server stays vc2-4c-8gb: vultr does not make a server smaller; stage 1 then costs {price}" in "".join(
        made.lines
    )


def test_a_size_that_a_person_wrote():
    """The old file asks for a smaller volume than there is by then."""
    made = back(config(1, volume_size_gib=40), config(1, volume_size_gib=60))
    assert not made.complete
    assert "stagecoach:volume_size_gib = 40: at least 60" in made.lines[1]


def test_migrations_stay():
    made = back(config(1), config(1, image="registry.example/shop:2"))
    assert "the new image's database migrations stay: the old image must run with them" in made.lines


def test_nothing_to_take_back():
    made = back(config(1), config(1, region="fsn1"))
    assert made.lines == ("nothing to take back: the update is refused before anything changes",)


def k3s(minor):
    return config(k3s={"version": {33: "v1.33.6+k3s1", 34: "v1.34.12+k3s1", 36: "v1.36.5+k3s1"}[minor]})


class TestK3s:
    def test_a_skipped_minor_is_refused_before_a_merge(self):
        diff = compare(k3s(34), k3s(36))
        [line] = diff.refused
        assert line.startswith("stagecoach:k3s.version = v1.36.5+k3s1: v1.34.12+k3s1 runs here, and a minor of")
        assert diff.downtime.seconds == 0

    def test_the_next_minor_has_no_way_back_by_the_file(self):
        diff = compare(k3s(33), k3s(34))
        assert diff.refused == ()
        assert any("k3s" in str(one) for one in diff.restarts)
        assert not diff.way_back.complete
        assert "can't go back to an earlier minor without its datastore" in " ".join(diff.way_back.lines)

    def test_a_patch_has_one(self):
        assert back(k3s(34), config(k3s={"version": "v1.34.13+k3s1"})).complete
