"""The largest values that a stack file of a million characters can have: a short message, no endless search."""

import json

import pytest

from infra.errors import ConfigError, Problem
from infra.stack_file.reader.engine_values import as_engine, from_engine
from infra.stack_file.reader.parse import parse_stack_text
from infra.stack_file.reader.read_yaml import DEEPEST, MOST_VALUES

GOOD = """config:
  stagecoach:name: shop
  stagecoach:provider: hetzner
  stagecoach:region: nbg1
  stagecoach:stage: 1
  stagecoach:image: ghcr.io/acme/shop:1
  stagecoach:admin_cidrs: [203.0.113.0/24]
"""
MANY = 400_000


def refusal(lines):
    with pytest.raises(ConfigError) as caught:
        parse_stack_text(f"{GOOD}  stagecoach:{lines}\n", "Pulumi.x.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (f"alerts: {{webhook_url: 'https://{'a.' * MANY}'}}", "800008 characters; 2,000 are allowed"),
        (f"acme_email: {'a.' * MANY}@b", "800002 characters; 2,000 are allowed"),
        (f"registry: {{server: {'a.' * MANY}, username: x}}", "800000 characters; 2,000 are allowed"),
        (f"domains: '[{'1,' * MANY}1]'", "stagecoach:domains"),
        (f"authorized_keys: '[{','.join(['{}'] * 200_000)}]'", "stagecoach:authorized_keys"),
        (f"volume_size_gib: {'1_' * MANY}", "a number that programs read differently"),
    ],
)
def test_one_problem_in_a_few_lines(lines, says):
    """A search that tries every beginning of such a text would take hours, a list of such a length minutes."""
    message = refusal(lines)
    assert says in message
    assert len(message) < 25_000


class TestJson:
    """`pulumi config set` may have written it; it holds no more than the file could without."""

    @pytest.mark.parametrize(
        "found",
        [
            ["a"] * MOST_VALUES,
            {str(number): 1 for number in range(MOST_VALUES // 2)},
            [[["a"] * 100] * 100] * 3,
        ],
    )
    def test_too_many(self, found):
        text = json.dumps(found)
        assert from_engine("env", text) == text
        assert as_engine("env", text) == text

    def test_too_deep(self):
        text = "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1)
        assert from_engine("env", text) == text

    @pytest.mark.parametrize("found", [["a"] * 1000, {"a": {"b": [1, {"c": None}]}}, [[]], {}])
    def test_as_much_as_a_file_may_say(self, found):
        assert from_engine("env", json.dumps(found)) == found


def test_thousands_of_queues():
    """Looked at once each, and then too many for a worker's command."""
    names = ", ".join(f"q{number}" for number in range(5000))
    message = refusal(f"overrides: {{pools: {{default: {{queues: [{names}]}}}}}}")
    assert "at most 200 items, and there are 5000" in message


def test_a_message_is_cut():
    said = str(Problem(path="a", value="b", allowed="c" * 1_000_000, hint="d"))
    assert len(said) < 25_000
    assert said.endswith("c.... d")
