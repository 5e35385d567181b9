"""No message of a stack file is in pydantic's words."""

import pytest

from infra.errors import ConfigError
from infra.planner.plan_for import resolve_stage
from infra.stack_file.reader.parse import parse_config

GOOD = {
    "name": "shop",
    "provider": "hetzner",
    "region": "nbg1",
    "image": "registry.example/shop:1",
    "admin_cidrs": ["203.0.113.0/24"],
    "stage": 1,
}


def said(changes):
    values = {f"stagecoach:{key}": value for key, value in (GOOD | changes).items()}
    with pytest.raises(ConfigError) as caught:
        resolve_stage(parse_config(values, title="bad"))
    (problem,) = caught.value.problems
    return problem.allowed


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stage": 9}, "at most 5"),
        ({"stage": -1}, "at least 1"),
        ({"stage": True}, "is a truth value; write a whole number"),
        ({"customers": False, "stage": None}, "is a truth value; write a whole number"),
        ({"overrides": {"django": {"processes": True}}}, "is a truth value; write a whole number"),
        ({"stage": "yes"}, "a whole number, without a unit"),
        ({"public_admin": "maybe"}, "true or false"),
        ({"public_admin": []}, "true or false"),
        ({"admin_cidrs": []}, "at least 1 item, and there is none"),
        ({"admin_cidrs": "203.0.113.0/24"}, "a list: each item on a line of its own behind a hyphen, or all of them"),
        ({"admin_cidrs": [None]}, "is empty; write a text or remove it"),
        ({"env": {"A": ["x"]}}, "one text, no list and no mapping"),
        ({"env": "A=x"}, "keys with values below it, no single value and no list"),
        ({"app": "shop"}, "keys with values below it, no single value and no list"),
        ({"overrides": {"django": {"replicas": 3}}}, "keys with values below it, no single value and no list"),
        ({"name": "Shop!"}, "a text that matches ^[a-z]"),
        ({"provider": "aws"}, "one of 'hetzner', 'digitalocean' or 'vultr'"),
        ({"overrides": {"redis_cache": {"maxmemory_policy": "x"}}}, "one of 'noeviction', 'allkeys-lru'"),
        ({"guard_exceptions": [{"urn": "urn:pulumi:x", "reason": "short"}]}, "at least 10 characters"),
        ({"image": 5}, "is read as a number or a truth value; with quotes it is a text: '5'"),
        ({"overrides": {"pools": {"default": {"soft_time_limit": 4}}}}, "at least 5"),
    ],
)
def test_words(changes, words):
    assert said(changes).startswith(words)
