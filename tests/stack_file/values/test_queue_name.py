"""Names of Celery's queues."""

import pytest

from infra.errors import ConfigError
from infra.stack_file.reader.parse import parse_config
from infra.stack_file.values.queue_name import queue_name
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
