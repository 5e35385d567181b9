"""django-celery-beat keeps its own last runs, but not all of them, and not in time.

Up to its version 2.9.0 (django_celery_beat/schedulers.py):

- An entry that has not run yet counts from its row's last change, and each start of beat changes the rows of entries
  in the app's settings.  So a weekly task of a shop that deploys every day never runs.
- A run is written down up to three minutes after it was sent: a beat that is killed before sends it again.
- The rows are read before beat has its lock.  A beat that waited for the lock repeats runs of the other one, unless
  the app's settings have entries too, after whose change all rows are read again.
"""

from __future__ import annotations

import sys

from celery.beat import Scheduler
from stagecoach_say import say

_MODULE = "django_celery_beat.schedulers"


def in_database(scheduler: Scheduler) -> bool:
    """Whether its schedule is django-celery-beat's, also by a class of the app's own."""
    module = sys.modules.get(_MODULE)  # whoever uses it has it imported by now
    return module is not None and isinstance(scheduler, module.DatabaseScheduler)


def keep_in_database(scheduler) -> None:
    """Reads the rows again, saves where new entries count from, and writes each run down before it is sent."""
    try:
        _begin(scheduler)
    except Exception as error:  # noqa: BLE001  beat runs all the same, as it did without this
        say(f"the schedule could not be read again from the database ({type(error).__name__}: {error})")
    reserve = scheduler.reserve

    def reserved(entry):
        following = reserve(entry)
        scheduler.sync()  # says by itself what went wrong, and goes on
        return following

    scheduler.reserve = reserved


def _begin(scheduler) -> None:
    """Beat has its lock by now, and has not ticked yet."""
    scheduler._initial_read = True  # noqa: SLF001  its only way to be told
    entries = scheduler.schedule
    # With a start time an entry counts from long before, so that it runs at that time.
    new = scheduler.Model.objects.filter(last_run_at__isnull=True, start_time__isnull=True)
    for name in new.values_list("name", flat=True):
        if name in entries:
            entries[name].model.no_changes = True  # else the whole schedule would be read again
            scheduler._dirty.add(name)  # noqa: SLF001  what `reserve` does with an entry that runs
    scheduler.sync()
