"""Names of receivers."""

import pytest

from infra.components.monitoring.alertmanager import Alerting, alertmanager_config
from infra.stack_file.values.receiver_name import receiver_problem


@pytest.mark.parametrize("name", ["team", "a", "on-call2", "p" * 31])
def test_names(name):
    assert receiver_problem(name) is None


@pytest.mark.parametrize("name", ["", "Pager", "2nd", "a b", "a_b", "p" * 32, "pager\n"])
def test_no_names(name):
    assert "small letters" in receiver_problem(name)


def test_every_receiver_of_the_stacks_own_is_taken():
    made = alertmanager_config(Alerting(), heartbeat_url="https://heartbeat.example/x")
    own = [one["name"] for one in made["receivers"]]
    assert own == ["nobody", "heartbeat"]
    assert all("is taken" in receiver_problem(name) for name in own)
