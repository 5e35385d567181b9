"""What the log says while the cache is away."""

import logging
import time

_EVERY_SECONDS = 60


class CacheIsAway(logging.Filter):
    """One warning line a minute in place of django-redis' traceback for every look-up."""

    _said: float | None = None

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is time to say it again; the record becomes the line."""
        if not record.exc_info:  # nothing of django-redis', or another one's line: Celery sets logging up twice
            return True
        now = time.monotonic()
        if self._said is not None and now - self._said < _EVERY_SECONDS:
            return False
        self._said = now
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.msg, record.args = "The cache is away, every look-up is a miss: %s", (record.exc_info[1],)
        record.exc_info = None
        return True
