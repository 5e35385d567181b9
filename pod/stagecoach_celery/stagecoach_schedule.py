"""When each entry of beat's schedule ran last, kept in the broker: beat's own file goes with its pod.

Without it an interval begins anew with each deploy, and a weekly task of a shop that deploys every day never runs.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from celery.beat import PersistentScheduler, Scheduler
from stagecoach_database_schedule import in_database, keep_in_database
from stagecoach_say import say

RUNS = "stagecoach:beat-runs"  # a hash by the entry's name
# A script, so that a key prefix of the app's transport options is treated as for the lock.
_ALL = "return redis.call('hgetall', KEYS[1])"
_SET = "return redis.call('hset', KEYS[1], unpack(ARGV))"
_DELETE = "return redis.call('hdel', KEYS[1], unpack(ARGV))"
_AT_ONCE = 500  # entries in one command: a schedule of thousands is read before beat's startup probe gives up


class LastRuns:
    """The hash, read at beat's start and written before each run is sent: a run is never sent twice."""

    def __init__(self, client_of: Callable[[], object]) -> None:
        self.client_of = client_of
        self.client = None

    def _call(self, script: str, *arguments: str):
        if self.client is None:
            self.client = self.client_of()
        return self.client.eval(script, 1, RUNS, *arguments)

    def restore(self, scheduler: Scheduler) -> None:
        """Gives each entry its last run; a new one begins now, and one that left the schedule is forgotten."""
        flat = [one.decode() if isinstance(one, bytes) else one for one in self._call(_ALL)]
        saved = dict(zip(flat[::2], flat[1::2], strict=True))
        entries = scheduler.schedule
        gone, new = sorted(saved.keys() - entries.keys()), {}
        for name, entry in entries.items():
            at = _read(saved.get(name), entry.last_run_at)
            if at is not None and at < entry.default_now():  # a clock that was set back must not stop the schedule
                entry.last_run_at = at
            else:
                new[name] = entry.last_run_at
        for start in range(0, len(gone), _AT_ONCE):
            self._call(_DELETE, *gone[start : start + _AT_ONCE])
        for start in range(0, len(new), _AT_ONCE):
            self._save(dict(list(new.items())[start : start + _AT_ONCE]))

    def _save(self, runs: dict[str, datetime]) -> None:
        self._call(_SET, *(word for name, at in runs.items() for word in (name, json.dumps(at.isoformat()))))

    def save(self, name: str, at: datetime) -> None:
        """Before a run; beat goes on without it when the broker is away, where the run can't be sent either."""
        try:
            self._save({name: at})
        except Exception as error:  # noqa: BLE001  as said above
            say(f"the last run of {name} is not kept ({type(error).__name__})")


def _read(text: str | None, like: datetime) -> datetime | None:
    """A time as it was saved, in the zone of the entry's own; None for what can't be read."""
    try:
        at = datetime.fromisoformat(json.loads(text or "null"))
    except (TypeError, ValueError):
        return None
    if (at.tzinfo is None) != (like.tzinfo is None):  # the app has changed enable_utc
        return None
    return at.astimezone(like.tzinfo) if like.tzinfo else at


def keep_last_runs(scheduler: Scheduler, client_of: Callable[[], object]) -> None:
    """For Celery's own schedulers and django-celery-beat's; others keep their runs themselves."""
    if in_database(scheduler):
        keep_in_database(scheduler)
        return
    if not isinstance(scheduler, PersistentScheduler) and type(scheduler) is not Scheduler:
        return
    runs = LastRuns(client_of)
    try:
        runs.restore(scheduler)
    except Exception as error:  # noqa: BLE001  beat runs all the same, with intervals that begin now
        say(f"the last runs of the schedule could not be read ({type(error).__name__}: {error})")
    reserve = scheduler.reserve

    def reserved(entry):
        following = reserve(entry)
        runs.save(entry.name, following.last_run_at)
        return following

    scheduler.reserve = reserved
