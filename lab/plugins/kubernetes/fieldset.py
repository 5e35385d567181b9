"""Sets of fields as `managedFields` writes them: a tree of `f:name` keys, `.` for the field itself."""

from __future__ import annotations

from lab.nodes.simulated.api import Object

_ITSELF = "."


def union(first: Object, second: Object) -> Object:
    """All fields of both."""
    merged = {**first, **second}
    for key in first.keys() & second.keys():
        merged[key] = _joined(first[key], second[key])
    return merged


def has(fields: Object, path: list[str]) -> bool:
    """Whether the set holds the field at a path of names, or something below it."""
    node = fields
    for name in path:
        if f"f:{name}" not in node:
            return False
        node = node[f"f:{name}"]
    return True


def _joined(first: Object, second: Object) -> Object:
    """One key of both: an empty tree is the field alone, which `.` stands for as soon as something is below it."""
    if not first and not second:
        return {}
    return union(first or {_ITSELF: {}}, second or {_ITSELF: {}})
