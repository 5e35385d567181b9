"""Lines for the log of the pod that a person will look for."""

from __future__ import annotations

import sys


def say(text: str) -> None:
    """Writes one line to the process' own error output, which Celery's logging does not take over."""
    stream = sys.__stderr__ or sys.stderr
    stream.write(f"stagecoach: {text}\n")
    stream.flush()


def some(names: list[str], most: int = 3) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"
