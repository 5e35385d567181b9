"""An object's inputs with the API server's values: what a refresh reports and a difference is against."""

from __future__ import annotations

import base64
from typing import Any

from kubernetes.utils.quantity import parse_quantity

from lab.nodes.simulated.api import Object

_MISSING = object()
_ASSIGNED = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "uid")
_FROM_LIVE = ("metadata", "spec")  # of the state's outputs; the rest of them is the inputs'


def live_inputs(inputs: Object, live: Object) -> Object:
    """Fields that the program never set are left out: defaults and other managers' fields are no drift."""
    have = dict(live)
    if "stringData" in inputs:
        data = live.get("data") or {}
        have["stringData"] = {key: _decoded(data[key]) for key in inputs["stringData"] if key in data}
    found = _project(inputs, have)
    return found if isinstance(found, dict) else {}


def pruned(inputs: Object, outputs: Object) -> Object:
    """The state's object in the shape of its inputs: after an update that was refused they differ."""
    found = {key: _project(inputs[key], outputs[key]) for key in _FROM_LIVE if key in inputs and key in outputs}
    return {**inputs, **found}


def imported_inputs(live: Object) -> Object:
    """Inputs of an object that no program has described yet."""
    metadata = {key: value for key, value in live["metadata"].items() if key not in _ASSIGNED}
    return {**{key: value for key, value in live.items() if key != "status"}, "metadata": metadata}


def _project(wanted: Any, have: Any) -> Any:  # noqa: ANN401  any JSON value
    if isinstance(wanted, dict) and isinstance(have, dict):
        pairs = {
            key: value if key.startswith("__") else _project(value, have.get(key, _MISSING))
            for key, value in wanted.items()
        }
        return {key: value for key, value in pairs.items() if value is not _MISSING}
    if isinstance(wanted, list) and isinstance(have, list):
        if len(wanted) != len(have):
            return have
        return [_project(one, other) for one, other in zip(wanted, have, strict=True)]
    if have is _MISSING:
        # The API server drops what is empty, and says so nowhere.
        return wanted if wanted in (None, "", [], {}, False, 0) else _MISSING
    return wanted if _same(wanted, have) else have


def _same(wanted: Any, have: Any) -> bool:  # noqa: ANN401  any JSON value
    """Quantities come back in their shortest form: 1024Mi as 1Gi, 1000m as 1."""
    if wanted == have:
        return True
    if not isinstance(wanted, str) or not isinstance(have, str):
        return False
    try:
        return bool(parse_quantity(wanted) == parse_quantity(have))
    except ValueError:
        return False


def _decoded(value: str) -> str:
    return base64.b64decode(value).decode(errors="replace")
