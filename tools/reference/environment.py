"""docs/reference/environment.md: the variables that the app gets."""

from __future__ import annotations

from infra.stack_file import app_contract
from tools.reference.markdown import code, page, table

_INTRO = """\
The app's contract: an image that reads these variables runs on the stack. \
[Use your own image](../how-to/own-image.md) says how to get there."""
_OWN = """\
The stack file's [`env`](stack-file.md#env) and the secret `env_secrets` add more variables to all of the app's pods. \
None of the names on this page may stand in either, nor one of `app.aliases`; the update and the plan refuse them."""

_ALIASES = """\
An app that reads other names than these gets them by [`app.aliases`](stack-file.md#app): on the left the name that \
the app reads, on the right a variable of all of the app's pods, or a part of one of the four URLs."""
_EXAMPLE = """\
```yaml
config:
  stagecoach:app:
    aliases:
      REDIS_URL: CACHE_URL
      DB_HOST: DATABASE_URL.host
      DB_PASSWORD: DATABASE_URL.password
```"""
_FOLLOWS = """\
An alias follows its variable: a new password, or PgBouncer in front of Postgres, changes both; a migration goes past \
PgBouncer under either name."""


def environment_page() -> str:
    """The page's text."""
    return page(
        "The app's environment",
        _INTRO,
        "## All of the app's pods",
        _table(app_contract.VARIABLES),
        "## Web pods",
        _table(app_contract.WEB_VARIABLES),
        "Under [`app.asgi`](stack-file.md#app) also:",
        _table(app_contract.ASGI_VARIABLES),
        "## Workers, beat and queue exporter",
        _table(app_contract.CELERY_VARIABLES),
        "## Workers",
        _table(app_contract.WORKER_VARIABLES),
        "## Queue exporter",
        _table(app_contract.EXPORTER_VARIABLES),
        "## Other names",
        _ALIASES,
        _EXAMPLE,
        table(("part", "what it is"), ([code(name), text] for name, text in app_contract.PARTS.items())),
        _FOLLOWS,
        "## Your own",
        _OWN,
    )


def _table(variables: dict[str, str]) -> str:
    return table(("variable", "what it is"), ([code(name), text] for name, text in variables.items()))
