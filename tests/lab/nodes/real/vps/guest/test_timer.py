"""Timers inside a guest: started and stopped, as `systemctl enable --now` asks."""

import asyncio

from lab.nodes.real.vps.guest.children import Children
from lab.nodes.real.vps.guest.manager import Manager
from lab.nodes.real.vps.guest.timer import Timer
from lab.nodes.real.vps.guest.units import Unit


def test_is_active_until_it_is_stopped():
    """What it would start is not its business here."""
    made = Timer(Unit(name="apt-daily.timer"))
    assert made.state == "inactive"
    assert asyncio.run(made.start())
    assert made.state == "active"
    asyncio.run(made.stop())
    assert made.state == "inactive"


def test_one_without_a_file_is_not_found():
    """As systemd says it."""
    failed = asyncio.run(Manager(Children.__new__(Children)).start(["no-such.timer"]))
    assert failed == {"no-such.timer": "Failed to start no-such.timer: Unit no-such.timer not found."}
