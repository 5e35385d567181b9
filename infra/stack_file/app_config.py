"""Define the keys of a stack file for the app in the image."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from infra.stack_file.aliases import Aliases
from infra.stack_file.strict import Between, BetweenFieldsError, StrictModel
from infra.stack_file.values.queue_name import queue_name

Interface = Literal["wsgi", "asgi"]
WSGI = "config.wsgi:application"
_MODULE = r"[^\W\d][\w-]*(\.[^\W\d][\w-]*)*"
# The pattern follows gunicorn.util.import_app: a module, then a name or a call; without it gunicorn takes
# `application`.
_APPLICATION = re.compile(_MODULE + r"(:[^\W\d][\w.]*(\([^\s$]*\))?)?")
# People copy Django's WSGI_APPLICATION, which has a dot where gunicorn requires a colon.
_DOTTED = re.compile(rf"(?P<module>{_MODULE}\.(wsgi|asgi))\.(?P<name>application|app)")
_CELERY = re.compile(_MODULE + r"(:[^\W\d][\w.]*)?")
# The kubelet parses the path as a URL (pkg/probe/http): for `//a/b` it requests `/b`, and for `/a#b` it requests `/a`.
# Gunicorn answers 400 to a request line of more than 4094 characters (limit_request_line), and no module name is as
# long as this limit.
_LONGEST = 1000
_PATH = re.compile(r"/(?!/)[^\s#]*")


def _text(value: object, example: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"is no text: write it as {example}")  # noqa: TRY004  pydantic reads ValueError
    if len(value) > _LONGEST:
        raise ValueError(f"has {len(value):,} characters; {_LONGEST:,} are allowed, such as {example}")
    return value


def _application(interface: Interface) -> BeforeValidator:
    example = f"shop.{interface}:application"

    def check(value: object) -> str | None:
        if value is None:
            return None
        text = _text(value, example)
        if dotted := _DOTTED.fullmatch(text):
            raise ValueError(f"names no module: write {dotted['module']}:{dotted['name']}, with a colon")
        if not _APPLICATION.fullmatch(text) or _is_file(text):
            raise ValueError(f"write module:name, such as {example}")
        return text

    return BeforeValidator(check)


def _celery_app(value: object) -> str:
    text = _text(value, "shop or shop.celery:app")
    if not _CELERY.fullmatch(text) or _is_file(text):
        raise ValueError("write a module or module:name, such as shop or shop.celery:app")
    return text


def _settings_module(value: object) -> str:
    text = _text(value, "shop.settings")
    if not re.fullmatch(_MODULE, text) or _is_file(text):
        raise ValueError("write a module with dots, such as shop.settings.production")
    return text


def _is_file(text: str) -> bool:
    return text.endswith(".py")


def _path(value: object) -> str:
    text = _text(value, "/healthz")
    if not _PATH.fullmatch(text) or not text.isprintable():
        raise ValueError("write the path of a page, from its one first slash on and without blanks, such as /healthz")
    return text


class AppConfig(StrictModel):
    """This section describes the Django and Celery app in the image."""

    celery_app: Annotated[str, BeforeValidator(_celery_app)] = Field(
        default="config", description="what `celery -A` takes"
    )
    default_queue: Annotated[str, AfterValidator(queue_name)] = Field(
        default="celery", description="queue of a task that names none: the app's `task_default_queue`"
    )
    settings_module: Annotated[str, BeforeValidator(_settings_module)] = Field(
        default="config.settings", description="DJANGO_SETTINGS_MODULE"
    )
    wsgi: Annotated[str | None, _application("wsgi")] = Field(
        default=None, description=f"what gunicorn serves; without it and `asgi` it is `{WSGI}`"
    )
    asgi: Annotated[str | None, _application("asgi")] = Field(
        default=None,
        description="an ASGI application in place of `wsgi`: gunicorn serves it with uvicorn's worker, "
        "`uvicorn_worker.UvicornWorker`, which the image must have",
    )
    port: int = Field(default=8000, ge=1024, le=65_535, description="port that gunicorn listens on")
    health_path: Annotated[str, BeforeValidator(_path)] = Field(
        default="/healthz", description="a page that answers 200 when the app can serve"
    )
    aliases: Aliases = Field(
        default_factory=dict,
        description="names under which the app reads the stack's variables, for example `REDIS_URL: CACHE_URL`, or a "
        "part of a URL: `DB_PASSWORD: DATABASE_URL.password`",
    )

    @model_validator(mode="after")
    def _is_one_of_both(self) -> AppConfig:
        path, value = f"app.{self.interface}", self.application
        if self.wsgi and self.asgi:
            allowed = "is set beside `wsgi`: gunicorn serves one of them; remove the other"
        elif value.partition(":")[0].rpartition(".")[2] == self._other:
            allowed = f"is a module for {self._other.upper()}; write it under `app.{self._other}`"
        else:
            return self
        raise BetweenFieldsError([Between(path=path, value=value, allowed=allowed, needs=("app.wsgi", "app.asgi"))])

    @property
    def interface(self) -> Interface:
        """Return whether gunicorn calls the app by ASGI or WSGI."""
        return "asgi" if self.asgi else "wsgi"

    @property
    def application(self) -> str:
        """Return the application that gunicorn serves."""
        return self.asgi or self.wsgi or WSGI

    @property
    def _other(self) -> Interface:
        return "wsgi" if self.asgi else "asgi"
