"""Waiting for what becomes true by itself."""

import time

PATIENCE = 300  # seconds, for a real shop that opens, opens again or ends its work, on a busy machine


def wait(check, what, seconds=60, away=OSError):
    """The check's first true answer; a server that is not there yet raises `away`."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            value = check()
        except away:
            value = None
        if value:
            return value
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.2)
