"""Who may do what in a Redis: its access control list, as lines of redis.conf."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

EXPORTER, ADMIN = "exporter", "admin"
# Everything that works on keys, channels and scripts, as kombu, Celery's result backend and caches do. Redis' own
# categories leave out what changes its configuration, empties or stops it, copies it elsewhere or loads code into it.
# What is harmless among them comes back: reading its state, and slow ways of reading keys.  A script that is debugged
# stops everybody else for as long as its client likes, and belongs to neither category.
_APP = "~* &* +@all -@admin -@dangerous +info +keys +sort +sort_ro -script|debug"
_CLEARS = " +flushdb"  # Django's `cache.clear()`; never of the broker
# What redis_exporter asks at each scrape (its exporter.go); it reads no key.
_EXPORTER = "-@all +client|setname +config|get +info +latency|latest +latency|histogram +slowlog|get +slowlog|len +ping"
_ADMIN = "~* &* +@all"


@dataclass(frozen=True, kw_only=True)
class RedisPasswords:
    """One of each user; the app's is the one in its URLs, of Redis' own user `default`."""

    app: str
    exporter: str
    admin: str


def render_users(passwords: RedisPasswords, *, may_clear: bool) -> list[str]:
    """Lines of redis.conf; passwords are hashed, as Redis keeps them itself.

    Args:
        passwords: In plain text.
        may_clear: Whether the app may empty a database, which a cache may and a broker may not.
    """
    return [
        f"user default on {_hashed(passwords.app)} {_APP}{_CLEARS if may_clear else ''}",
        f"user {EXPORTER} on {_hashed(passwords.exporter)} {_EXPORTER}",
        f"user {ADMIN} on {_hashed(passwords.admin)} {_ADMIN}",
    ]


def _hashed(password: str) -> str:
    return f"#{hashlib.sha256(password.encode()).hexdigest()}"
