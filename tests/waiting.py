"""Waiting for what becomes true by itself."""

import time

PATIENCE = 300  # seconds, for a real shop that opens, opens again or ends its work, on a busy machine


def wait(check, what, seconds=60, away=OSError):
    """The check's first true answer; a server that is not there yet raises `away`.

    `what` is a text, or makes one when the time is over.

    The longer it takes, the longer the pauses, up to two seconds: some checks are whole processes, and what is waited
    for needs the processor.
    """
    began = time.monotonic()
    while True:
        try:
            value = check()
        except away:
            value = None
        if value:
            return value
        waited = time.monotonic() - began
        assert waited < seconds, f"{what() if callable(what) else what}: not within {seconds} s"
        time.sleep(min(max(0.2, waited / 10), 2))
