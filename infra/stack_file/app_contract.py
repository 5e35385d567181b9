"""List the environment variables that the stack sets for the app."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

# Every pod of the app gets these: web, migration, workers, beat and queue exporter.
VARIABLES: dict[str, str] = {
    "DATABASE_URL": "Postgres, or PgBouncer where the connection budget asks for it: `postgres://user:password@host/db`",
    "CACHE_URL": "the cache's Redis: anything in it may vanish at any time",
    "CELERY_BROKER_URL": "the broker's Redis: an accepted task survives a power cut",
    "CELERY_RESULT_BACKEND": "the broker's Redis, another database number",
    "DJANGO_SETTINGS_MODULE": "`app.settings_module` of the stack file",
    "DJANGO_SECRET_KEY": "made once, kept encrypted in the state",
    "DJANGO_ALLOWED_HOSTS": "the host names, the shop's address first; `*` as long as there is none",
    "DJANGO_CSRF_TRUSTED_ORIGINS": "the same names, each behind `https://`; empty as long as there is none",
}

# Only some pods get the variables of the following tables.
WEB_VARIABLES: dict[str, str] = {
    "GUNICORN_CMD_ARGS": "address, processes, threads, timeouts, recycling, its log; gunicorn reads it by itself",
}
ASGI_VARIABLES: dict[str, str] = {
    "STAGECOACH_ASGI_APP": "`app.asgi` of the stack file; gunicorn serves the module `stagecoach_asgi`, which wraps it",
    "STAGECOACH_ASGI_REQUESTS": "how many requests each process answers at a time; the others wait",
}
CELERY_VARIABLES: dict[str, str] = {
    "PYTHONPATH": "the folder of the module `stagecoach_celery`, which wraps the app's Celery app",
    "PYTHONDONTWRITEBYTECODE": "the file system is read-only",
    "STAGECOACH_CELERY_APP": "`app.celery_app` of the stack file",
    "STAGECOACH_SETTINGS": "a file with the plan's Celery settings",
    "STAGECOACH_STATE": "a folder for the probes' heartbeat",
}
WORKER_VARIABLES: dict[str, str] = {
    "STAGECOACH_POOLS": "every pool's queues, as JSON; a worker says which of the app's queues nobody consumes",
    "REMAP_SIGTERM": "Celery's soft shutdown: running tasks get their time, the rest goes back to the queue",
}
EXPORTER_VARIABLES: dict[str, str] = {
    "EXPORTER_BACKUPS": "the folder of the database's dumps, read-only",
    "EXPORTER_PORT": "where Prometheus reads it",
    "EXPORTER_POOLS": "pools with their queues and concurrency, as JSON",
    "EXPORTER_TIME_LIMIT": "the longest task in seconds: the last bucket of the histograms",
}

# `app.aliases` may name these parts of a URL, after a dot.
URLS: tuple[str, ...] = ("DATABASE_URL", "CACHE_URL", "CELERY_BROKER_URL", "CELERY_RESULT_BACKEND")
PARTS: dict[str, str] = {
    "host": "the service's host name",
    "port": "its port",
    "user": "the user; `default` in Redis",
    "password": "the password",
    "name": "the database: its name in Postgres, its number in Redis",
}
_URL = re.compile(
    r"[a-z]+://(?P<user>[^:@/]*):(?P<password>[^@]*)@(?P<host>[^:@/]+):(?P<port>[0-9]+)/(?P<name>[^?#]*)", re.DOTALL
)

# A stack file's `env` may set none of these, because the stack would overwrite the value.
RESERVED: frozenset[str] = frozenset(
    {**VARIABLES, **WEB_VARIABLES, **ASGI_VARIABLES, **CELERY_VARIABLES, **WORKER_VARIABLES, **EXPORTER_VARIABLES}
)
# If `env` sets one of these variables, a message names the key of the stack file that does the same.
_KEYS: dict[str, str] = {
    "DJANGO_ALLOWED_HOSTS": "domains",
    "DJANGO_CSRF_TRUSTED_ORIGINS": "domains",
    "DJANGO_SETTINGS_MODULE": "app.settings_module",
    "GUNICORN_CMD_ARGS": "overrides.django",
}


def reserved_problem(names: Iterable[str]) -> str:
    """Explain which of the names are reserved, and which keys of the stack file to use instead.

    Args:
        names: Names of the app's own variables.

    Returns:
        An empty string if no name is reserved.
    """
    hidden = sorted(set(names) & RESERVED)
    if not hidden:
        return ""
    keys = dict.fromkeys(_KEYS[name] for name in hidden if name in _KEYS)
    instead = f"; use {' and '.join(f'`{key}`' for key in keys)} of the stack file" if keys else ""
    return f"the stack gives the app {', '.join(hidden)} itself; choose another name{instead}"


def is_source(source: str) -> bool:
    """Return whether an alias may refer to this: a variable of every pod, or a part of one of its URLs.

    Args:
        source: For example `CACHE_URL` or `DATABASE_URL.password`.
    """
    variable, dot, part = source.partition(".")
    return source in VARIABLES or (bool(dot) and variable in URLS and part in PARTS)


def alias_values(aliases: Mapping[str, str], contract: Mapping[str, str]) -> dict[str, str]:
    """Return the stack's variables under the names that the app reads.

    Args:
        aliases: Sources that `is_source` accepts, by the app's name; a source whose variable is not in `contract` is
            skipped.
        contract: The stack's variables with their values.
    """
    found = {name: (*source.partition(".")[::2],) for name, source in aliases.items()}
    return {
        name: _part(contract[variable], part) if part else contract[variable]
        for name, (variable, part) in found.items()
        if variable in contract
    }


def _part(url: str, part: str) -> str:
    """Return a part of one of the stack's URLs. `urlsplit` would read brackets in a placeholder as an IPv6 address."""
    found = _URL.fullmatch(url)
    if found is None:
        raise ValueError(f"no URL of the stack's, of which `{part}` is a part")
    values = found.groupdict() | {"user": found["user"] or "default", "password": unquote(found["password"])}
    return str(values[part])
