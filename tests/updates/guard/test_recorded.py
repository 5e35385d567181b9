"""The guard on previews that the real engine made (tests/engine/test_guard.py records them), and on pieces of them."""

import json
import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from infra.errors import ConfigError
from infra.stack_file.guard_config import GuardException
from infra.updates.guard.refusals import refusals
from infra.updates.guard.rules import rule
from infra.updates.preview.engine_preview import Origin, parse_preview
from tests.updates.guard import recorded


def ruling(name, allowed=()):
    return rule(parse_preview(recorded.read(name), name), allowed)


def held(found):
    return {(one.kind, one.step.name) for one in found.refused}


class TestTierMove:
    def test_is_safe(self):
        found = ruling(recorded.TIER_MOVE)
        assert found.safe
        assert refusals(found) == []

    def test_server_volume_and_databases_change_in_place(self):
        stays = {one.step.name: one.step.op for one in ruling(recorded.TIER_MOVE).verdicts if one.kind}
        assert {name: stays[name] for name in ("server-server", "server-data", "postgres-stateful-set")} == {
            "server-server": "update",
            "server-data": "update",
            "postgres-stateful-set": "update",
        }

    def test_what_the_engine_knows_of_the_server(self):
        made = parse_preview(recorded.read(recorded.TIER_MOVE), "x")
        assert made.root_disk_gb == 40
        assert made.origins == (Origin(stack="stage1", project="stagecoach"),)


@pytest.mark.parametrize("name", [recorded.REPLACED, recorded.UNPROTECTED])
class TestReplacedServer:
    def test_is_refused_with_what_hangs_on_it(self, name):
        assert held(ruling(name)) == {
            ("server", "server-server"),
            ("network", "server-private"),
            ("volume's attachment", "server-data-attachment"),
        }

    def test_each_exception_lets_one_pass(self, name):
        everything = ruling(name)
        [server] = [one.step.urn for one in everything.refused if one.kind == "server"]
        allowed = (GuardException(urn=server, reason="the server's disk is broken"),)
        assert held(ruling(name, allowed)) == held(everything) - {("server", "server-server")}


def test_the_engine_refuses_only_what_is_protected():
    """Protection that is dropped in the same update is not seen by it: that is what the guard is for."""
    assert ruling(recorded.REPLACED).errors[0].startswith("unable to replace resource")
    assert ruling(recorded.UNPROTECTED).errors == ()


def judged(text):
    """A verdict or a message: anything else is a failure of the test."""
    try:
        found = rule(parse_preview(text, "preview.json"))
    except ConfigError:
        return None
    for one in refusals(found):
        str(one).encode()
    return found


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
DOCUMENT = json.loads(recorded.read(recorded.REPLACED))


def places(value, path=()):
    """Paths of everything in a document."""
    yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in pairs:
        yield from places(one, (*path, key))


PLACES = [path for path in places(DOCUMENT) if path]
[SERVER] = [index for index, step in enumerate(DOCUMENT["steps"]) if step["urn"].endswith("::server-server")]


def changed(path, value):
    """The document with another value at one place."""
    made = json.loads(json.dumps(DOCUMENT))
    below = made
    for key in path[:-1]:
        below = below[key]
    below[path[-1]] = value
    return json.dumps(made)


class TestDamaged:
    @settings(max_examples=200)
    @given(st.sampled_from(PLACES), JSON)
    @example(("steps", 1, "urn"), "\ud800")
    @example(("steps", 1, "op"), {})
    @example(("changeSummary", "same"), float("inf"))
    @example(("steps", SERVER, "oldState", "outputs"), [])
    def test_another_value_anywhere(self, path, value):
        judged(changed(path, value))

    @settings(max_examples=100)
    @given(st.integers(min_value=0, max_value=len(recorded.read(recorded.REPLACED)) - 3))
    def test_cut_off(self, length):
        """What is missing could be the step that loses the data."""
        assert judged(recorded.read(recorded.REPLACED)[:length]) is None

    @given(JSON)
    def test_any_json(self, value):
        judged(json.dumps(value))

    @given(JSON, JSON)
    def test_any_size_of_a_volume(self, before, after):
        kind = "hcloud:index/volume:Volume"
        urn = f"urn:pulumi:stage1::stagecoach::{kind}::server-data"
        states = {"oldState": {"inputs": {"size": before}}, "newState": {"inputs": {"size": after}}}
        text = json.dumps({"steps": [{"op": "update", "urn": urn, **states}]})
        found = judged(text)
        if found is None:  # no JSON, which Python's writer makes of a number that is none
            assert "NaN" in text or "Infinity" in text
            return
        plain = all(type(one) in (int, float) and math.isfinite(one) for one in (before, after))
        # What can't be compared, or is not told, may be smaller.
        assert bool(found.refused) is (after < before if plain else before != after or before is None)
