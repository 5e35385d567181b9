"""Patience: how long a test waits at most, by how fast this machine is, and the wait itself."""

import os
import time

# Seconds that ten million additions take on the machine for which every number of seconds in the tests was chosen.
USUAL_SECONDS = 0.5
_VARIABLE = "STAGECOACH_SLOWNESS"
_ADDITIONS, _TRIES = 1_000_000, 5


def slowness():
    """How many times slower than usual this machine is, never below 1.

    Measured once per run: the first process leaves the figure in its environment for the others.
    """
    if _VARIABLE not in os.environ:
        seconds = min(_add() for _ in range(_TRIES)) * 10_000_000 / _ADDITIONS
        os.environ[_VARIABLE] = f"{max(1.0, seconds / USUAL_SECONDS):.2f}"
    return float(os.environ[_VARIABLE])


def _add():
    """Seconds that some additions take."""
    began, total = time.perf_counter(), 0
    while total < _ADDITIONS:
        total += 1
    return time.perf_counter() - began


def patience(seconds):
    """The longest that a test waits here for something that the usual machine has done within `seconds`."""
    return seconds * slowness()


def wait(check, what, seconds=60, away=OSError):
    """Return the first true answer of `check`; a server that does not answer yet raises `away`.

    Args:
        check: Called again and again.
        what: A text, or a function that returns one once the time is over.
        seconds: The patience on a machine of usual speed.
        away: Exceptions that mean "not yet".

    The longer it takes, the longer the pauses, up to two seconds: some checks are whole processes, and the thing that
    is waited for needs the processor.
    """
    began, most = time.monotonic(), patience(seconds)
    while True:
        try:
            value = check()
        except away:
            value = None
        if value:
            return value
        waited = time.monotonic() - began
        assert waited < most, f"{what() if callable(what) else what}: not within {most:.0f} s"
        time.sleep(min(max(0.05, waited / 10), 2))


PATIENCE = 300  # seconds on the usual machine, for a real shop that opens, opens again or ends its work
