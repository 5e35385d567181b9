"""Queues as the broker knows them: those with a binding, and those with messages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from kombu.utils.encoding import bytes_to_str

_KEYS = 500  # that one SCAN looks at
_SCANS = 20  # at most for one scrape: a broker that also holds something else answers in time
_MOST = 100  # queues beyond the plan's; an app that makes one for each customer must not flood Prometheus
_LOOKED_AT = 1000  # further queues whose length is asked, and lists that are looked into
_HELD = 20_000  # keys that are remembered
_GLOB = re.compile(r"[\\*?\[\]]")
# Replies and subscriptions have queues of their own, named by a UUID.
_UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")


class FoundQueues:
    """Looks through the broker's keys, a bounded part at each scrape; forgets what is gone after a whole round."""

    def __init__(self, app, planned: list[str]) -> None:
        self.planned = planned
        self.ignored = _exchanges_of_no_queue(app)
        self.bindings, self.lists = _Scan(), _Scan()

    def look(self, channel) -> tuple[dict[str, int], int]:
        """Messages by queue, the plan's queues first, and how many further queues are left out."""
        prefix = channel.global_keyprefix or ""
        start, bindings = _literal(prefix), channel.keyprefix_queue % "*"
        exchanges = self.bindings.go_on(channel.client, match=f"{start}{bindings}", _type="set")
        lists = self.lists.go_on(channel.client, match=f"{start}*", _type="list")
        found = {queue for key in exchanges for queue in self._bound(channel, key[len(prefix) :])}
        known = {*self.planned, *found}
        names = {key[len(prefix) :] for key in lists if key.startswith(prefix)}
        for name in sorted(names)[:_LOOKED_AT]:
            queue = name.split(channel.sep)[0]
            if queue not in known and _is_task(channel.client.lindex(f"{prefix}{name}", 0)):
                known.add(queue)
        more = sorted(known.difference(self.planned))
        left_out, more = len(more), more[:_LOOKED_AT]
        lengths = _lengths(channel, [*self.planned, *more])
        more.sort(key=lambda queue: -lengths[queue])  # stable: by name where they are as long
        shown = [*self.planned, *sorted(more[:_MOST])]
        return {queue: lengths[queue] for queue in shown}, max(left_out - _MOST, 0)

    def _bound(self, channel, key: str) -> Iterator[str]:
        """The queues of one exchange."""
        exchange = key[len(channel.keyprefix_queue % "") :]
        if exchange in self.ignored:
            return
        for member in channel.client.smembers(key):
            queue = bytes_to_str(member).split(channel.sep)[-1]
            if queue and not _UUID.search(queue):
                yield queue


class _Scan:
    """One walk through the keys after the other; `found` is of the last whole one and of this one so far."""

    def __init__(self) -> None:
        self.cursor, self.last, self.now = 0, set(), set()

    def go_on(self, client, **which) -> set[str]:
        for _ in range(_SCANS):
            self.cursor, keys = client.scan(self.cursor, count=_KEYS, **which)
            if len(self.now) < _HELD:
                self.now.update(map(bytes_to_str, keys))
            if not int(self.cursor):
                self.last, self.now = self.now, set()
                return self.last
        return self.last | self.now


def _exchanges_of_no_queue(app) -> set[str]:
    """Of Celery's commands and events, and of broadcasts: no list holds their messages."""
    mailbox = app.control.mailbox
    fanout = {one.exchange.name for one in app.amqp.queues.values() if one.exchange and one.exchange.type == "fanout"}
    return {mailbox.exchange.name, mailbox.reply_exchange.name, app.conf.event_exchange, *fanout}


def _lengths(channel, queues: list[str]) -> dict[str, int]:
    """All priorities together, in one round trip."""
    steps = list(channel.priority_steps)
    with channel.client.pipeline(transaction=False) as pipe:
        for queue in queues:
            for step in steps:
                pipe.llen(channel._q_for_pri(queue, step))  # noqa: SLF001  kombu's only name for it
        made = pipe.execute(raise_on_error=False)  # a key of another type has none
    counts = [one if isinstance(one, int) else 0 for one in made]
    return {queue: sum(counts[at * len(steps) : (at + 1) * len(steps)]) for at, queue in enumerate(queues)}


def _is_task(raw: bytes | None) -> bool:
    """Whether a list's element is a task as Celery writes it; the app may keep lists of its own there."""
    try:
        message = json.loads(raw or b"")
        return isinstance(message["headers"]["task"], str) and isinstance(message["properties"], dict)
    except (ValueError, TypeError, KeyError):
        return False


def _literal(text: str) -> str:
    return _GLOB.sub(r"\\\g<0>", text)
