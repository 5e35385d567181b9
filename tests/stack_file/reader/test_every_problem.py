"""Faults are counted: none hides another, and none is made up by taking another one out."""

import random

import pytest

from infra.errors import ConfigError
from infra.stack_file.reader.parse import parse_config

GOOD = {
    "name": "shop",
    "provider": "hetzner",
    "region": "nbg1",
    "image": "registry.example/shop:1",
    "admin_cidrs": ["203.0.113.0/24"],
    "stage": 1,
}
# What is changed, and where that is said; those between fields come after those of one field in pydantic's order.
FAULTS = {
    "name": ({"name": "Shop!"}, "name"),
    "image": ({"image": "Shop:1"}, "image"),
    "network": ({"admin_cidrs": ["office", "203.0.113.0/24"]}, "admin_cidrs.0"),
    "no stage": ({"stage": None}, "stage"),
    "both": ({"customers": 5}, "stage"),
    "region": ({"region": "mars1"}, "region"),
    "type": ({"instance_type": "cx99"}, "instance_type"),
    "Celery's type": ({"celery_servers": {"instance_type": "cx99"}}, "celery_servers.instance_type"),
    "no contact": ({"domain": "shop.example.com"}, "domain"),
    "port": ({"app": {"port": 5}}, "app.port"),
    "k3s": ({"k3s": {"version": "latest"}}, "k3s.version"),
    "mirror": ({"k3s": {"url": "http://mirror.example/k3s"}}, "k3s.url"),
    "variable": ({"env": {"MY VAR": "x"}}, "env.MY VAR"),
    "lone network": ({"admin_cidrs": ["office"]}, "admin_cidrs.0"),
    "truth value": ({"kubeconfig_epoch": True}, "kubeconfig_epoch"),
    "misspelt": ({"stag": 1}, "stag"),
    "volume": ({"volume_size_gib": 5}, "volume_size_gib"),
    "volume's unit": ({"volume_size_gib": "60 GB"}, "volume_size_gib"),
    "sender": ({"alerts": {"email_to": "a@b.example"}}, "alerts.email_to"),
    "plain secret": ({"registry_password": "x"}, "registry_password"),
    "encrypted": ({"budget": {"secure": "v1:x"}}, "budget"),
    "thread": ({"overrides": {"django": {"thread": 1, "threads": 99}}}, "overrides.django.thread"),
}


def paths(changes):
    values = {f"stagecoach:{key}": value for key, value in (GOOD | changes).items()}
    try:
        parse_config(values, title="bad")
    except ConfigError as error:
        return sorted(problem.path.removeprefix("stagecoach:") for problem in error.problems)
    return []


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_is_one_problem(name):
    changes, path = FAULTS[name]
    expected = [path, "overrides.django.threads"] if name == "thread" else [path]
    assert paths(changes) == expected


@pytest.mark.parametrize("seed", range(300))
def test_faults_that_are_composed_are_all_named(seed):
    """Those of different keys: so many go in, so many come out."""
    dice = random.Random(seed)  # noqa: S311  the same in every run
    changes, expected = {}, []
    for name in dice.sample(sorted(FAULTS), dice.randint(2, 8)):
        change, path = FAULTS[name]
        if change.keys() & changes.keys() or ({"no stage", "both"} & {name} and "stage" in expected):
            continue
        changes |= change
        expected += [path, "overrides.django.threads"] if name == "thread" else [path]
    assert paths(changes) == sorted(expected)


def test_what_depends_on_a_wrong_value_is_not_judged():
    """No region of a provider that there is not, no stage beside a number of customers that is none."""
    assert paths({"provider": "hetznr", "region": "fra1", "instance_type": "s-2vcpu-4gb"}) == ["provider"]
    assert paths({"stage": None, "customers": "many"}) == ["customers"]
    assert paths({"domain": "shop..example", "acme_email": None}) == ["domain"]


def test_everything_wrong_at_once():
    assert paths({key: {"a": [1]} for key in GOOD}) == sorted([*GOOD])


def test_a_name_and_a_value_of_the_same_mapping():
    env = {"MY VAR": "x", "A": ["x"], "": "y", "DATABASE_URL": "z", "B": "nul\0"}
    assert paths({"env": env}) == sorted(["env.MY VAR", "env.A", "env.", "env.DATABASE_URL", "env.B"])


def test_several_items_of_a_list():
    exceptions = [{"urn": 1}, {}, {"urns": "x"}]
    assert len(paths({"guard_exceptions": exceptions})) >= 3
