"""Which queues the workers that run say they consume: also workers that the plan does not know."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from stagecoach_celery import app

_EVERY = 60  # seconds
_LOOK = 5  # seconds between two looks for workers that are new
_ANSWER = 2.0  # seconds that workers have to answer


class Consumers:
    """Asks every worker; one that does not answer, as a solo pool at work, keeps its last answer while it is up."""

    def __init__(self, up: Callable[[], list[str]]) -> None:
        self.up = up
        self.queues: dict[str, frozenset[str]] = {}
        self.asked: list[str] = []

    def ask(self) -> None:
        """One question to all."""
        self.asked = up = self.up()
        answers = (app.control.inspect(timeout=_ANSWER).active_queues() or {}) if up else {}
        said = {name: frozenset(str(one["name"]) for one in queues) for name, queues in answers.items()}
        self.queues = {name: queues for name, queues in {**self.queues, **said}.items() if name in {*up, *said}}

    def run(self) -> None:
        """Asks for ever: at once when workers have come or gone, otherwise once a minute."""
        last = 0.0
        while True:
            try:
                if time.monotonic() - last > _EVERY or self.up() != self.asked:
                    last = time.monotonic()
                    self.ask()
            except Exception as error:  # noqa: BLE001  whatever the broker does, the next question may be answered
                sys.stderr.write(f"consumers: {type(error).__name__}: asking again\n")
            time.sleep(_LOOK)
