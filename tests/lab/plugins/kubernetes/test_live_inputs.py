"""What a refresh counts as a change made by hand."""

import pytest

from lab.plugins.kubernetes.live_inputs import live_inputs, pruned


class TestNoDrift:
    @pytest.mark.parametrize(
        ("inputs", "live"),
        [
            pytest.param({"spec": {"a": 1}}, {"spec": {"a": 1, "default": 2}, "status": {}}, id="defaults"),
            pytest.param({"limits": {"memory": "1024Mi"}}, {"limits": {"memory": "1Gi"}}, id="memory"),
            pytest.param({"limits": {"cpu": "1000m"}}, {"limits": {"cpu": "1"}}, id="cpu"),
            pytest.param({"stringData": {"a": "x"}}, {"data": {"a": "eA=="}}, id="secret"),
            pytest.param({"spec": {"emptyDir": {}}}, {"spec": {}}, id="empty"),
        ],
    )
    def test_is_seen(self, inputs, live):
        assert live_inputs(inputs, live) == inputs


class TestDrift:
    @pytest.mark.parametrize(
        ("inputs", "live", "expected"),
        [
            pytest.param({"replicas": 2}, {"replicas": 5}, {"replicas": 5}, id="value"),
            pytest.param({"limits": {"memory": "1Gi"}}, {"limits": {"memory": "2Gi"}}, {"limits": {"memory": "2Gi"}}),
            pytest.param({"labels": {"a": "1", "b": "2"}}, {"labels": {"a": "1"}}, {"labels": {"a": "1"}}, id="gone"),
            pytest.param({"list": [1]}, {"list": [1, 2]}, {"list": [1, 2]}, id="longer list"),
            pytest.param({"stringData": {"a": "x"}}, {"data": {"a": "eQ=="}}, {"stringData": {"a": "y"}}, id="secret"),
        ],
    )
    def test_is_shown(self, inputs, live, expected):
        assert live_inputs(inputs, live) == expected


class TestPruned:
    """The state's object, for the next difference."""

    def test_of_an_update_that_went_well_is_its_inputs(self):
        inputs = {"kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": 2}}
        outputs = {**inputs, "metadata": {"name": "web", "uid": "1"}, "spec": {"replicas": 2, "paused": False}}
        assert pruned(inputs, outputs) == inputs

    def test_of_one_that_was_refused_has_the_live_values(self):
        inputs = {"metadata": {"name": "web"}, "spec": {"replicas": 2}, "data": {"a": "1"}}
        outputs = {"metadata": {"name": "web"}, "spec": {"replicas": 5}}
        assert pruned(inputs, outputs) == {**inputs, "spec": {"replicas": 5}}

    def test_without_outputs(self):
        assert pruned({"spec": {"a": 1}}, {}) == {"spec": {"a": 1}}
