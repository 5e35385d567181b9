"""Wraps the shop's Celery app: the plan's settings, the probes' files, beat's lock.

Mounted into the pods of worker, beat and exporter, which run `celery -A stagecoach_celery`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from celery.app.utils import find_app
from celery.utils.log import get_logger
from stagecoach_probes import connect

logger = get_logger("stagecoach")


def apply_settings(target, settings: dict) -> list[str]:
    """Sets the plan's values; one line for each value of the app's own that it replaces."""
    lines = []
    changes = {}
    for key, value in settings.items():
        if key == "visibility_timeout":
            continue  # part of both transport options, which is where Celery 5 reads it
        before = target.conf.get(key)
        wanted = {**(before or {}), **value} if isinstance(value, dict) else value
        # Celery's own default is no decision of the app.
        if key in target.conf.changes and before != wanted:
            lines.append(f"{key}: the app's {before!r} is replaced by the plan's {wanted!r}")
        changes[key] = wanted
    target.conf.update(changes)
    return lines


def load():
    """The app that STAGECOACH_CELERY_APP names, changed in place."""
    sys.path.insert(0, os.getcwd())  # noqa: PTH109  where `celery -A` looks, too
    found = find_app(os.environ["STAGECOACH_CELERY_APP"])
    settings = json.loads(Path(os.environ["STAGECOACH_SETTINGS"]).read_text())
    for line in apply_settings(found, settings):
        logger.warning("stagecoach: %s", line)
        sys.stderr.write(f"stagecoach: {line}\n")
    connect(found, Path(os.environ["STAGECOACH_STATE"]))
    return found


app = load()
