"""Sets of fields, as managedFields write them."""

import pytest

from lab.plugins.kubernetes.fieldset import has, union

REPLICAS = {"f:spec": {"f:replicas": {}}}
LABELS = {"f:metadata": {"f:labels": {".": {}, "f:app": {}}}}


class TestUnion:
    @pytest.mark.parametrize(
        ("first", "second", "both"),
        [
            pytest.param(REPLICAS, {}, REPLICAS, id="nothing"),
            pytest.param(REPLICAS, LABELS, {**REPLICAS, **LABELS}, id="apart"),
            pytest.param(REPLICAS, {"f:spec": {"f:paused": {}}}, {"f:spec": {"f:replicas": {}, "f:paused": {}}}),
            pytest.param({"f:a": {}}, {"f:a": {"f:b": {}}}, {"f:a": {".": {}, "f:b": {}}}, id="a field and a child"),
            pytest.param({"f:a": {}}, {"f:a": {}}, {"f:a": {}}, id="the same field"),
        ],
    )
    def test_holds_the_fields_of_both(self, first, second, both):
        assert union(first, second) == both
        assert union(second, first) == both


class TestHas:
    def test_a_field_and_what_holds_it(self):
        assert has(REPLICAS, ["spec", "replicas"])
        assert has(REPLICAS, ["spec"])

    def test_no_other(self):
        assert not has(REPLICAS, ["spec", "paused"])
        assert not has(LABELS, ["spec", "replicas"])
