"""Wraps the shop's Celery app: the plan's settings, the probes' files, beat's lock.

Mounted into the pods of worker, beat and exporter, which run `celery -A stagecoach_celery`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from celery.app.utils import find_app
from celery.utils.collections import ConfigurationView
from stagecoach_aside import watch_runs
from stagecoach_held import watch_held
from stagecoach_limits import watch
from stagecoach_probes import broker_channel, connect

_NOT_FOUND = 2  # exit code


def apply_settings(target, settings: dict) -> list[str]:
    """Sets the plan's values; one line for each value of the app's own that it replaces."""
    target.conf.get("task_time_limit")  # loads what `config_from_object` names
    conf = target.conf
    # Without Celery's defaults, which are no decision of the app; with its namespace and old names.
    own = ConfigurationView({}, conf.maps[:-1], conf._keys, conf.prefix)  # noqa: SLF001  as Settings itself does
    lines = []
    changes = {}
    for key, value in settings.items():
        before = own.get(key)
        changes[key] = {**(conf.get(key) or {}), **value} if isinstance(value, dict) else value
        parts = (
            ((f"{key}.{one}", (before or {}).get(one), value[one]) for one in value) if isinstance(value, dict) else ()
        )
        for name, old, new in parts or ((key, before, value),):
            if old is not None and old != new:
                lines.append(f"{name}: the app's {old!r} is replaced by the plan's {new!r}")
    conf.update(changes)
    return lines


def load():
    """The app that STAGECOACH_CELERY_APP names, changed in place; ends the process if it cannot be imported."""
    name = os.environ["STAGECOACH_CELERY_APP"]
    sys.path.insert(0, os.getcwd())  # noqa: PTH109  where `celery -A` looks, too
    try:
        found = find_app(name)
    except (ImportError, AttributeError) as error:
        sys.stderr.write(
            f"stagecoach: no Celery app {name!r} in {os.getcwd()}: {error}; set stagecoach:app.celery_app\n"  # noqa: PTH109  as above
        )
        raise SystemExit(_NOT_FOUND) from error
    settings = json.loads(Path(os.environ["STAGECOACH_SETTINGS"]).read_text())
    for line in apply_settings(found, settings):
        sys.stderr.write(f"stagecoach: {line}\n")
    watch(found)
    watch_runs(found, broker_channel)
    watch_held(found)
    connect(found, Path(os.environ["STAGECOACH_STATE"]))
    return found


app = load()
