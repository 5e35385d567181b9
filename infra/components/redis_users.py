"""Write the access control list of a Redis as lines of redis.conf."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

EXPORTER, ADMIN = "exporter", "admin"
# The app gets all commands on keys, channels and scripts, which kombu, Celery's result backend and caches use. It does
# not get @admin and @dangerous: their commands change the configuration, empty or stop Redis, copy it elsewhere or load
# code. Some harmless ones are given back: reading Redis' state, and slow ways of reading keys. SCRIPT DEBUG is in
# neither category, but stops all other clients for as long as its client likes.
_APP = "~* &* +@all -@admin -@dangerous +info +keys +sort +sort_ro -script|debug"
_CLEARS = " +flushdb"  # for Django's `cache.clear()`; never given for the broker
# redis_exporter runs these at each scrape (its exporter.go). It reads no key.
_EXPORTER = "-@all +client|setname +config|get +info +latency|latest +latency|histogram +slowlog|get +slowlog|len +ping"
_ADMIN = "~* &* +@all"


@dataclass(frozen=True, kw_only=True)
class RedisPasswords:
    """Hold one password for each user; `app` is in the app's URLs and belongs to Redis' own user `default`."""

    app: str
    exporter: str
    admin: str


def render_users(passwords: RedisPasswords, *, may_clear: bool) -> list[str]:
    """Return lines of redis.conf, with hashed passwords, as Redis keeps them itself.

    Args:
        passwords: in plain text.
        may_clear: whether the app may empty a database: a cache yes, a broker no.
    """
    return [
        f"user default on {_hashed(passwords.app)} {_APP}{_CLEARS if may_clear else ''}",
        f"user {EXPORTER} on {_hashed(passwords.exporter)} {_EXPORTER}",
        f"user {ADMIN} on {_hashed(passwords.admin)} {_ADMIN}",
    ]


def _hashed(password: str) -> str:
    return f"#{hashlib.sha256(password.encode()).hexdigest()}"
