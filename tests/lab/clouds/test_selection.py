"""Which objects a look-up means."""

import pytest

from lab.clouds.selection import has, selects
from lab.plugins.package import PluginError

LABELS = {"deployment": "shop", "role": "celery", "tier": "5"}


class TestLabelSelector:
    @pytest.mark.parametrize(
        ("selector", "expected"),
        [
            ("", True),
            ("deployment=shop", True),
            ("deployment==shop", True),
            ("deployment=shop,role=celery", True),
            ("deployment=shop, role=server", False),
            ("deployment!=shop", False),
            ("deployment!=other", True),
            ("missing!=shop", True),
            ("role", True),
            ("!role", False),
            ("missing", False),
            ("!missing", True),
            ("tier in (4, 5),role", True),
            ("tier notin (4,5)", False),
            ("tier in (1)", False),
        ],
    )
    def test_every_term_must_hold(self, selector, expected):
        assert selects(selector, LABELS) is expected

    @pytest.mark.parametrize("selector", ["a=b=c", "a b", "=b"])
    def test_nonsense(self, selector):
        with pytest.raises(PluginError, match="invalid label selector"):
            selects(selector, LABELS)


class TestHas:
    @pytest.mark.parametrize(
        ("value", "wanted", "every", "expected"),
        [
            ("shop", ["shop", "other"], False, True),
            ("shop", ["other"], False, False),
            (["a", "b"], ["b", "c"], False, True),
            (["a", "b"], ["b", "c"], True, False),
            (["a", "b"], ["a", "b"], True, True),
            (True, ["true"], False, True),
            (4, ["4"], False, True),
        ],
    )
    def test_compares_text(self, value, wanted, every, expected):
        assert has(value, wanted, every=every) is expected
