"""Names of Celery's queues."""

import json

import pytest

from infra.errors import ConfigError
from infra.stack_file.reader.parse import parse_config
from infra.stack_file.values.queue_name import MOST_QUEUES, queue_name
from tests.sizing.test_contracts import BASE


@pytest.mark.parametrize(
    "name", ["celery", "mail+sms", "high.priority", "eu-west_1", "tenant:7", "v1/orders", "a" * 100]
)
def test_names(name):
    assert queue_name(name) == name


@pytest.mark.parametrize(
    "name", ["", "a b", 'a") or vector(1) #', 'say "hi"', "a\\b", "a\n", "größe", "{a}", "a" * 101]
)
def test_no_names(name):
    with pytest.raises(ValueError, match="give the queue another name in the app as well"):
        queue_name(name)


def test_two_in_one():
    with pytest.raises(ValueError, match="write each queue as an item of its own"):
        queue_name("a,b")


def test_each_has_its_place():
    overrides = {"pools": {"default": {"queues": ["celery", "a,b", 'x"']}, "fast": {"queues": ["a", "a"]}}}
    with pytest.raises(ConfigError) as caught:
        parse_config(BASE | {"stagecoach:overrides": overrides}, title="bad")
    paths = [problem.path.removeprefix("stagecoach:overrides.pools.") for problem in caught.value.problems]
    assert paths == ["default.queues.1", "default.queues.2", "fast.queues"]


@pytest.mark.parametrize("name", ["unacked", "unacked_index", "unacked_mutex", "_kombu.binding.celery"])
def test_a_key_of_the_broker(name):
    """Redis answers WRONGTYPE to a list where a hash is."""
    with pytest.raises(ValueError, match="is a key that Celery keeps in the broker itself"):
        queue_name(name)


def test_how_many():
    """A worker's command and variables have them all: with more than 128 KiB it never starts."""
    longest = [f"{number:0100d}" for number in range(MOST_QUEUES + 1)]
    pools = {"default": {"queues": longest[:-1]}}
    assert parse_config(BASE | {"stagecoach:overrides": {"pools": pools}}, title="good")
    assert 5 * len(json.dumps(longest)) < 131_072  # of five pools
    with pytest.raises(ConfigError, match="at most 200 items, and there are 201"):
        parse_config(BASE | {"stagecoach:overrides": {"pools": {"default": {"queues": longest}}}}, title="bad")
