"""The last lines of a test run: where the time went, the counts, what was left out, what failed."""

from __future__ import annotations

import os
from collections.abc import Sequence

from tests.suite.running import Outcome
from tests.waiting import USUAL_SECONDS, slowness


def machine() -> str:
    """The figure that every patience of the run comes from."""
    return (
        f"this machine is {slowness():.1f} times slower than one that adds ten million numbers in "
        f"{USUAL_SECONDS} s; tests wait so much longer"
        if slowness() > 1
        else f"this machine adds ten million numbers in {USUAL_SECONDS} s or less; tests wait as long as they say"
    )


def summarize(outcomes: Sequence[Outcome], seconds: float) -> int:
    """Print the last lines; 0 if everything that this machine can run passed.

    Under CI a skipped test and a part that was left out are errors: there, the machine is to be one that runs all.
    """
    print("\nwhere the time went")
    for one in outcomes:
        print(f"  {one.seconds:7.1f} s  {one.name}: {_verdict(one)}")
    print(f"  {seconds:7.1f} s  in all; the parts of a step run beside each other")
    broken = sum(not one.green and not one.failed for one in outcomes)
    passed, failed, skipped = (sum(getattr(one, key) for one in outcomes) for key in ("passed", "failed", "skipped"))
    left_out = [one for one in outcomes if one.left_out]
    for one in left_out:
        print(f"left out: {one.name}: {one.left_out}")
    print(f"{passed} passed, {failed + broken} failed, {skipped} skipped")
    # Where a log is cut, its end is what remains.
    for line in (line for one in outcomes for line in one.red):
        print(f"failed: {line}")
    if (skipped or left_out) and os.environ.get("CI"):
        print("a skipped test or a part that is left out is an error under CI")
        return 1
    return int(failed + broken > 0)


def _verdict(one: Outcome) -> str:
    if one.left_out:
        return "left out"
    return "ok" if one.green else f"FAILED (exit code {one.code})"
