"""Lines for the journal, in k3s's format."""

from __future__ import annotations

import datetime as dt
import json
import sys


def info(message: str) -> None:
    """What happens."""
    _line("info", message)


def warning(message: str) -> None:
    """What is left out."""
    _line("warning", message)


def error(message: str) -> None:
    """What went wrong."""
    _line("error", message)


def fatal(message: str) -> None:
    """Why k3s ends."""
    _line("fatal", message)


def _line(level: str, message: str) -> None:
    time = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    sys.stderr.write(f'time="{time}" level={level} msg={json.dumps(message, ensure_ascii=False)}\n')
    sys.stderr.flush()
