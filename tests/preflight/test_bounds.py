"""Which bounds change before the workloads, and which after: no pod of either size is ever forbidden."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.preflight.bounds import Bounds, quantity, quota_name, quota_steps

KEYS = ("requests.cpu", "requests.memory", "limits.memory", "pods")
amounts = st.integers(1, 50).map(lambda number: f"{number}00m")
hards = st.fixed_dictionaries(dict.fromkeys(KEYS, amounts))


def each_by_itself(hard):
    return {quota_name(key): {key: value} for key, value in hard.items()}


def bound(quotas, key):
    """What admission goes by; None is no bound."""
    return Bounds(quotas=quotas).least(key)


def update(quotas, hard, *, killed_after=None):
    """Applies the steps in their order, and yields the live quotas before, between and after the workloads' turn."""
    steps = list(quota_steps(Bounds(quotas=quotas), hard))
    ordered = [one for one in steps if one.first] + [one for one in steps if not one.first]
    turn = sum(one.first for one in steps)
    live = dict(quotas)
    if turn == 0:
        yield "workloads", dict(live)
    for number, one in enumerate(ordered, start=1):
        if killed_after is not None and number > killed_after:
            return
        live[one.name] = {one.key: one.value}
        yield "workloads" if number == turn else "bounds", dict(live)


def admits(quotas, *sizes):
    """Whether pods of all these sizes are admitted while they replace one another."""
    for key in KEYS:
        least = bound(quotas, key)
        if least is not None and any(quantity(least) < quantity(size[key]) for size in sizes):
            return False
    return True


class TestUpdate:
    @given(old=hards, new=hards)
    def test_the_workloads_turn_has_room_for_both(self, old, new):
        """And in the end each bound is the new one."""
        seen = list(update(each_by_itself(old), new))
        [during] = [quotas for when, quotas in seen if when == "workloads"]
        assert admits(during, old, new)
        assert seen[-1][1] == each_by_itself(new)

    @given(old=hards, new=hards)
    def test_nothing_is_left_to_do(self, old, new):
        """A second update has the same values; what stays the same comes first."""
        steps = list(quota_steps(Bounds(quotas=each_by_itself(new)), new))
        assert {one.name: {one.key: one.value} for one in steps} == each_by_itself(new)
        assert all(one.first for one in steps)

    @given(old=hards, new=hards, third=hards, killed_after=st.integers(0, 4))
    def test_another_update_after_one_that_was_killed(self, old, new, third, killed_after):
        """At each point, whatever the next one wants: it goes by what is there, not by what was recorded.

        Before the workloads' turn the pods are of the old size, after the last of it of the new one.
        """
        steps = list(quota_steps(Bounds(quotas=each_by_itself(old)), new))
        turn = sum(one.first for one in steps)
        left = [each_by_itself(old), *(live for _, live in update(each_by_itself(old), new, killed_after=killed_after))]
        there = (old, new) if killed_after == turn else (old,) if killed_after < turn else (new,)
        seen = list(update(left[-1], third))
        [during] = [quotas for when, quotas in seen if when == "workloads"]
        assert admits(during, *there, third)
        assert seen[-1][1] == each_by_itself(third)

    @given(old=hards, new=hards)
    def test_from_one_quota_with_every_key(self, old, new):
        """As the first versions left it; at most the second update ends with the new bounds."""
        seen = list(update({"quota": old}, new))
        [during] = [quotas for when, quotas in seen if when == "workloads"]
        assert admits(during, old, new)
        last = seen[-1][1]
        changed = {name for name in last if last[name] != each_by_itself(new)[name]}
        mixed = quantity(new["pods"]) < quantity(old["pods"]) and any(
            quantity(new[key]) > quantity(old[key]) for key in KEYS
        )
        assert changed == ({"quota"} if mixed else set())
        again = list(update(last, new))
        assert again[-1][1] == each_by_itself(new)

    def test_a_key_that_nothing_bounds_falls(self):
        """Killed between the old quota, which gave the key up, and the new one: the pods may be of any size."""
        steps = {
            one.key: one for one in quota_steps(Bounds(quotas={"quota": {"pods": "20"}}), dict.fromkeys(KEYS, "30"))
        }
        assert {key for key, one in steps.items() if not one.first} == set(KEYS) - {"pods"}

    def test_everything_comes_first_in_a_new_deployment(self):
        assert all(one.first for one in quota_steps(Bounds(), dict.fromkeys(KEYS, "1")))

    def test_the_smallest_of_several_quotas_binds(self):
        now = Bounds(quotas={"quota": {"pods": "20"}, "quota-old": {"pods": "30"}})
        [step] = quota_steps(now, {"pods": "25"})
        assert step.first


class TestLimits:
    @pytest.mark.parametrize(
        ("now", "new", "falls"), [("1Gi", "768Mi", True), ("768Mi", "1Gi", False), ("1Gi", "1024Mi", False)]
    )
    def test_by_amount(self, now, new, falls):
        assert Bounds(container_memory=now).limit_falls(new) is falls

    def test_a_new_one(self):
        """First where nothing runs; where pods run that it never bound, last."""
        assert not Bounds().limit_falls("1Gi")
        assert Bounds(quotas={"quota": {"pods": "20"}}).limit_falls("1Gi")


class TestAutoscalers:
    @pytest.mark.parametrize(
        ("low", "high", "falls"),
        [(2, 6, False), (3, 6, False), (2, 7, False), (1, 6, True), (2, 5, True), (1, 9, True), (3, 4, True)],
    )
    def test_either_end(self, low, high, falls):
        assert Bounds(autoscalers={"django": (2, 6)}).autoscaler_falls("django", low, high) is falls

    def test_a_new_one_comes_after_its_deployment(self):
        assert not Bounds().autoscaler_falls("django", 1, 2)


class TestQuantity:
    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("2150m", "2.15"),
            ("20", "20"),
            ("1500", "1500"),
            ("4080Mi", str(4080 * 2**20)),
            ("8Gi", str(8 * 2**30)),
            ("1e3", "1000"),
            ("500k", "500000"),
            ("2E", "2000000000000000000"),
        ],
    )
    def test_is_a_number(self, text, number):
        assert quantity(text) == Decimal(number)

    @pytest.mark.parametrize("text", ["", "Mi", "many", "1Xi", "--1"])
    def test_is_none(self, text):
        with pytest.raises(ValueError, match="is no quantity"):
            quantity(text)
