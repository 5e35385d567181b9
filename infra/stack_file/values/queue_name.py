"""Names of Celery's queues."""

from __future__ import annotations

import re
from collections import Counter
from typing import Annotated

from pydantic import AfterValidator, Field

# Everything that people call queues; no comma, which is where `celery worker --queues` ends a name, no blank, no quote
# and no bracket.
# Keys of Kombu beside the queues in the same Redis (kombu/transport/redis.py): a list of that name can't be made.
_KOMBU = ("unacked", "unacked_index", "unacked_mutex")
# A worker has the queues of its pool in one argument, and those of all pools in one variable: Linux starts no program
# with more than 128 KiB in either.
MOST_QUEUES = 200
_NAME = re.compile(r"[A-Za-z0-9_.:@/#+-]{1,100}", re.ASCII)


def queue_name(text: str) -> str:
    """The name as it is.

    Raises:
        ValueError: no worker would consume it, or nobody could ask for it.
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
