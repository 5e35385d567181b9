"""What a stack file says about the app in the image."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from infra.models.queue_name import queue_name
from infra.models.strict import Between, BetweenFieldsError, StrictModel

Interface = Literal["wsgi", "asgi"]
WSGI = "config.wsgi:application"
# As gunicorn reads it (gunicorn.util.import_app): a module, then a name or a call; `application` if left out.
_APPLICATION = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*(:[^\W\d][\w.]*(\([^\s]*\))?)?")


def _application(text: str) -> str:
    if not _APPLICATION.fullmatch(text):
        raise ValueError("write module:name, such as shop.wsgi:application")
    return text


Application = Annotated[str, AfterValidator(_application)]


class AppConfig(StrictModel):
    """The Django + Celery app in the image."""

    celery_app: str = Field(default="config", description="what `celery -A` takes")
    default_queue: Annotated[str, AfterValidator(queue_name)] = Field(
        default="celery", description="queue of a task that names none: the app's `task_default_queue`"
    )
    settings_module: str = Field(default="config.settings", description="DJANGO_SETTINGS_MODULE")
    wsgi: Application | None = Field(
        default=None, description=f"what gunicorn serves; without it and `asgi` it is `{WSGI}`"
    )
    asgi: Application | None = Field(
        default=None,
        description="an ASGI application in place of `wsgi`: gunicorn serves it with uvicorn's worker, "
        "`uvicorn_worker.UvicornWorker`, which the image must have",
    )
    port: int = Field(default=8000, ge=1024, le=65_535, description="port that gunicorn listens on")
    health_path: str = Field(default="/healthz", pattern=r"^/", description="answers 200 when the app can serve")

    @model_validator(mode="after")
    def _is_one_of_both(self) -> AppConfig:
        path, value = f"app.{self.interface}", self.application
        if self.wsgi and self.asgi:
            allowed = "stands beside `wsgi`: gunicorn serves one of them; remove the other"
        elif value.partition(":")[0].rpartition(".")[2] == self._other:
            allowed = f"is the module of an {self._other.upper()} application; write it under `app.{self._other}`"
        else:
            return self
        raise BetweenFieldsError([Between(path=path, value=value, allowed=allowed, needs=("app.wsgi", "app.asgi"))])

    @property
    def interface(self) -> Interface:
        """How gunicorn calls the application."""
        return "asgi" if self.asgi else "wsgi"

    @property
    def application(self) -> str:
        """What gunicorn serves."""
        return self.asgi or self.wsgi or WSGI

    @property
    def _other(self) -> Interface:
        return "wsgi" if self.asgi else "asgi"
