"""Check the names of Celery's queues."""

from __future__ import annotations

import re
from collections import Counter
from typing import Annotated

from pydantic import AfterValidator, Field

# The pattern takes the characters that people use in queue names. It excludes the comma, which separates names in
# `celery worker --queues`, blanks, quotes and brackets. Kombu has keys of its own beside the queues in Redis
# (kombu/transport/redis.py), so a queue cannot have the name of one.
_KOMBU = ("unacked", "unacked_index", "unacked_mutex")
# A worker gets the queues of its pool in one argument, and those of all pools in one variable. Linux refuses to start a
# program with more than 128 KiB in either.
MOST_QUEUES = 200
_NAME = re.compile(r"[A-Za-z0-9_.:@/#+-]{1,100}", re.ASCII)


def queue_name(text: str) -> str:
    """Return the name unchanged.

    Args:
        text: The name of a queue.

    Raises:
        ValueError: No worker could consume a queue of that name, or no command could name it.
    """
    if not _NAME.fullmatch(text):
        what = "it takes letters, digits and `_ . : @ / # + -`, at most 100"
        if "," in text:
            raise ValueError(f"is no name of a queue: {what}; write each queue as an item of its own")
        raise ValueError(f"is no name of a queue: {what}; give the queue another name in the app as well")
    if text in _KOMBU or text.startswith("_kombu."):
        raise ValueError(
            "is a key that Celery keeps in the broker itself; give the queue another name in the app as well"
        )
    return text


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ValueError(f"{', '.join(twice)} stands there more than once: write each queue once")
    return names


Queues = Annotated[
    tuple[Annotated[str, AfterValidator(queue_name)], ...], Field(max_length=MOST_QUEUES), AfterValidator(_distinct)
]
