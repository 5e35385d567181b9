"""What the provider asks of the API server: creations and updates, real ones and dry runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from http import HTTPStatus

from lab.nodes.simulated.api import APPLY_PATCH, JSON_PATCH, ApiError, Object
from lab.plugins.kubernetes.managers import CREATOR, forces, taken_over, without_ignored
from lab.plugins.kubernetes.paths import Paths
from lab.plugins.kubernetes.settings import Settings

# pulumi-kubernetes' retry.go: six tries in a minute, for a namespace or a kind that comes a moment later.
RETRY_SECONDS = (1, 2, 4, 8, 16, 32)
# Stricter than pulumi-kubernetes, whose creations drop what the API server does not know without a word.
_STRICT = {"fieldValidation": "Strict"}


def create(
    paths: Paths,
    body: Object,
    manager: str,
    settings: Settings,
    *,
    preview: bool = False,
    retry_seconds: Sequence[float] = RETRY_SECONDS,
) -> Object:
    """The object that the API server made, or would make.

    Raises:
        ApiError: it refused.
        PluginError: it has no such kind.
    """
    if settings.upsert:
        force = forces(body, None, settings, preview=preview)
        return _again(lambda: _apply(paths, body, manager, force=force, preview=preview), retry_seconds, preview)
    query = {"fieldManager": CREATOR, **_STRICT, **_dry(preview)}
    return _again(lambda: paths.api.request("POST", paths.collection(body), body, **query), retry_seconds, preview)


def update(
    paths: Paths,
    body: Object,
    manager: str,
    settings: Settings,
    *,
    ignored: tuple[str, ...] = (),
    preview: bool = False,
) -> Object:
    """The object as it is, or would be, with the inputs applied.

    Raises:
        ApiError: it does not exist, somebody else owns a field, or the API server refused.
    """
    path = paths.one(body)
    live = paths.api.request("GET", path)
    if not preview:
        managed = taken_over(live, manager)
        if managed is not None:
            patch = [{"op": "replace", "path": "/metadata/managedFields", "value": managed}]
            live = paths.api.request("PATCH", path, patch, content_type=JSON_PATCH)
    wanted = without_ignored(body, live, ignored, manager)
    return _apply(paths, wanted, manager, force=forces(body, live, settings, preview=preview), preview=preview)


def _apply(paths: Paths, body: Object, manager: str, *, force: bool, preview: bool) -> Object:
    query = {"fieldManager": manager, "force": str(force).lower(), **_STRICT, **_dry(preview)}
    return paths.api.request("PATCH", paths.one(body), body, content_type=APPLY_PATCH, **query)


def _again(ask: Callable[[], Object], retry_seconds: Sequence[float], preview: bool) -> Object:  # noqa: FBT001  one use
    """Asks again where something was not found; a preview does not wait for what only the update makes."""
    for seconds in () if preview else retry_seconds:
        try:
            return ask()
        except ApiError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
        time.sleep(seconds)
    return ask()


def _dry(preview: bool) -> dict[str, str]:  # noqa: FBT001  one use
    return {"dryRun": "All"} if preview else {}
