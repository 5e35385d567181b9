"""A guest's processors are as busy as the guest."""

from lab.nodes.real.vps.processor_time import ProcessorTime

SECOND = 1_000_000_000


def rows(text):
    """Name -> (user, system, idle) of the processors."""
    lines = [line.split() for line in text.splitlines() if line.startswith("cpu")]
    return {name: (int(values[0]), int(values[2]), int(values[3])) for name, *values in lines}


def test_what_is_not_used_is_idle():
    """Two vCPUs for ten seconds: 20 s in all."""
    found = rows(ProcessorTime(2, started=100).text(110, 6 * SECOND, 2 * SECOND))
    assert found == {"cpu": (600, 200, 1200), "cpu0": (300, 100, 600), "cpu1": (300, 100, 600)}


def test_idle_never_goes_back():
    """More was used than a quota gives: a counter that fell would count as started anew."""
    clock = ProcessorTime(1, started=0)
    assert rows(clock.text(10, 9 * SECOND, 0))["cpu"][2] == 100
    assert rows(clock.text(11, 11 * SECOND, 0))["cpu"][2] == 100


def test_keeps_its_length():
    """It is written in place while programs read it."""
    clock = ProcessorTime(2, started=0, boot_time=1_700_000_000)
    assert len({len(clock.text(now, now * SECOND, now)) for now in (0, 100, 10_000_000)}) == 1


def test_processes_count_from_this_machines_boot():
    assert "btime 1700000000\n" in ProcessorTime(1, started=0, boot_time=1_700_000_000).text(0, 0, 0)
