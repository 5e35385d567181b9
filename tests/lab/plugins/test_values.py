"""The engine's structs and plain values."""

from hypothesis import given
from hypothesis import strategies as st

from lab.plugins.values import UNKNOWN, has_unknown, to_plain, to_struct

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**50), 2**50) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=5), PLAIN, max_size=4))
def test_there_and_back(values):
    """Nothing is lost, whole numbers stay whole."""
    assert to_plain(to_struct(values)) == (values, frozenset())


def test_secrets_keep_their_mark():
    struct = to_struct({"password": "p", "name": "n"}, ["password"])
    assert to_plain(struct) == ({"password": "p", "name": "n"}, frozenset({"password"}))


def test_a_secret_inside_marks_the_whole_property():
    inner = to_struct({"password": "p"}, ["password"])
    struct = to_struct({})
    struct.fields["data"].struct_value.CopyFrom(inner)
    assert to_plain(struct) == ({"data": {"password": "p"}}, frozenset({"data"}))


def test_unknown_is_found_at_any_depth():
    assert has_unknown({"a": [{"b": UNKNOWN}]})
    assert not has_unknown({"a": [{"b": "known"}]})
