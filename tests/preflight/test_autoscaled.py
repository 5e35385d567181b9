"""Deployments that take their count back, by the stack's own state."""

import pytest

from infra.preflight.autoscaled import read_autoscaled
from tests.preflight.past import autoscaler, deployment

FORCED = {"pulumi.com/patchForce": "true"}


class TestReadAutoscaled:
    def test_with_an_autoscaler(self):
        state = {"1": autoscaler("django"), "2": deployment("django"), "3": deployment("celery-beat")}
        assert read_autoscaled(state) == {"django"}

    def test_taken_back_before(self):
        """As long as it is not autoscaled again, or the next preview would take the annotation out."""
        assert read_autoscaled({"1": deployment("django", **FORCED), "2": deployment("celery-worker")}) == {"django"}

    def test_of_a_new_stack(self):
        assert read_autoscaled({}) == frozenset()

    @pytest.mark.parametrize(
        "half_made",
        [
            {},
            {"outputs": None},
            {"outputs": {"metadata": None, "spec": None}},
            {"outputs": {"metadata": {"annotations": FORCED}, "spec": {}}},
        ],
    )
    @pytest.mark.parametrize("kind", [autoscaler, deployment])
    def test_of_what_was_saved_half_made(self, kind, half_made):
        assert read_autoscaled({"1": {"type": kind("django")["type"], **half_made}}) == frozenset()
