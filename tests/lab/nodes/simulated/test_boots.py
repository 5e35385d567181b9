"""How long simulated servers boot."""

import pytest

from lab.nodes.simulated import boots
from lab.nodes.simulated.boots import Boots


@pytest.fixture
def booting(monkeypatch):
    monkeypatch.setattr(boots, "SECONDS", 0.1)
    made = Boots()
    made.began("127.64.0.1")
    return made


def test_one_that_nobody_powered_on_is_up():
    """A lab's process that starts again finds them so."""
    assert Boots().left("127.64.0.1") == 0


def test_one_that_boots_is_waited_for(booting):
    assert booting.left("127.64.0.1") > 0
    booting.wait("127.64.0.1")
    assert booting.left("127.64.0.1") == 0


def test_another_address_is_the_same_server(booting):
    booting.moved("127.64.0.1", "127.64.0.2")
    assert booting.left("127.64.0.1") == 0
    assert booting.left("127.64.0.2") > 0
