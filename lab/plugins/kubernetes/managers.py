"""Who owns which field of an object: how pulumi-kubernetes names itself, takes fields over and forces.

Sources: provider/pkg/await/await.go and provider/pkg/provider/provider.go of pulumi-kubernetes after 4.32.0 (its commit
of 2026-07-01), and ssa/patch.go of github.com/fluxcd/pkg, which finds managers by the beginning of their names.
"""

from __future__ import annotations

import copy
import secrets

from lab.nodes.simulated.api import Object
from lab.plugins.kubernetes.fieldset import has, union
from lab.plugins.kubernetes.settings import Settings

STATE_KEY = "__fieldManager"  # where the state keeps the name that an object is applied under
CREATOR = "pulumi-kubernetes"  # every object is posted under this name, and later applied under one of its own
_FORCE = "pulumi.com/patchForce"
_NAMED = "pulumi.com/patchFieldManager"
# What an update takes over before it applies: beginnings of names, and the operation. `kubectl edit` is kubectl-edit.
_TAKEN = (
    ("kubectl", "Apply"),
    ("kubectl", "Update"),
    ("before-first-apply", "Update"),
    (CREATOR, "Update"),
    ("pulumi-resource-kubernetes", "Update"),
)
# Their fields would be taken over by the update itself, so a preview does not ask whether they conflict.
_OWN = (CREATOR, f"{CREATOR}.exe", "pulumi-resource-kubernetes")


def manager_of(inputs: Object, state: Object) -> str:
    """The name that an object is applied under: its annotation's, the state's, or a new one.

    A state without one was written by an older lab, which applied everything under one name.
    """
    named = annotations_of(inputs).get(_NAMED) or state.get(STATE_KEY)
    if named:
        return str(named)
    return CREATOR if state else f"{CREATOR}-{secrets.token_hex(4)}"


def forces(inputs: Object, live: Object | None, settings: Settings, *, preview: bool) -> bool:
    """Whether an apply takes fields from their owners instead of ending in a conflict."""
    if annotations_of(inputs).get(_FORCE) == "true" or settings.patch_force:
        return True
    managed = live["metadata"].get("managedFields", []) if live else []
    if preview:
        return live is None or any(one["operation"] == "Update" and one["manager"] in _OWN for one in managed)
    return live is not None and not managed


def taken_over(live: Object, manager: str) -> list[Object] | None:
    """An object's `managedFields` with what the update takes over; None if there is nothing to take.

    Owners of a subresource keep their fields: an autoscaler's `scale`, a controller's `status`.
    """
    kept, taken = [], []
    own = None
    for entry in live["metadata"].get("managedFields", []):
        if (entry["manager"], entry["operation"]) == (manager, "Apply"):
            own = entry
        elif _is_taken(entry):
            taken.append(entry)
        else:
            kept.append(entry)
    if not taken:
        return None
    if own is None:
        own, *taken = taken
    fields = own.get("fieldsV1", {})
    for entry in taken:
        fields = union(fields, entry.get("fieldsV1", {}))
    return [*kept, {**own, "manager": manager, "operation": "Apply", "fieldsV1": fields}]


def without_ignored(inputs: Object, live: Object, ignored: tuple[str, ...], manager: str) -> Object:
    """Inputs as they are applied: an ignored field of another owner is left out, our own keeps its live value."""
    body = copy.deepcopy(inputs)
    managed = live["metadata"].get("managedFields", [])
    ours = [one.get("fieldsV1", {}) for one in managed if one["manager"] == manager]
    theirs = [one.get("fieldsV1", {}) for one in managed if one["manager"] != manager]
    for path in (one.split(".") for one in ignored):
        owned = any(has(fields, path) for fields in ours)
        if not owned and any(has(fields, path) for fields in theirs):
            _remove(body, path)
        else:
            _take(body, live, path)
    return body


def annotations_of(body: Object) -> dict[str, str]:
    """An object's annotations; empty if it has none."""
    found: dict[str, str] = (body.get("metadata") or {}).get("annotations") or {}
    return found


def _is_taken(entry: Object) -> bool:
    return not entry.get("subresource") and any(
        entry["manager"].startswith(name) and entry["operation"] == operation for name, operation in _TAKEN
    )


def _remove(body: Object, path: list[str]) -> None:
    holder = _at(body, path[:-1])
    if holder is not None:
        holder.pop(path[-1], None)


def _take(body: Object, live: Object, path: list[str]) -> None:
    holder, source = _at(body, path[:-1]), _at(live, path[:-1])
    if holder is not None and source is not None and path[-1] in source:
        holder[path[-1]] = copy.deepcopy(source[path[-1]])


def _at(body: Object, path: list[str]) -> Object | None:
    for name in path:
        inner = body.get(name)
        if not isinstance(inner, dict):
            return None
        body = inner
    return body
