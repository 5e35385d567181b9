"""Detailed differences between old and new inputs, and which of them replace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

ADD, DELETE, UPDATE = "ADD", "DELETE", "UPDATE"


@dataclass(frozen=True, kw_only=True)
class Diff:
    """What changed: property path to kind; which paths replace the resource."""

    changes: dict[str, str] = field(default_factory=dict)
    replaces: frozenset[str] = frozenset()
    delete_before_replace: bool = False


def compare(old: dict[str, Any], new: dict[str, Any], *, replacing: Iterable[str], ignored: Iterable[str] = ()) -> Diff:
    """Differences by path; a path replaces if it, or what holds it, is in `replacing`."""
    skip, flags = list(ignored), list(replacing)
    changes = {path: kind for path, kind in walk(old, new) if not _under(path, skip)}
    return Diff(changes=changes, replaces=frozenset(path for path in changes if _under(path, flags)))


def walk(old: object, new: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yields (path, kind): mappings are entered by key, lists by index; `__` keys are the engine's own."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            if not key.startswith("__"):
                yield from _step(old.get(key, _MISSING), new.get(key, _MISSING), _join(path, key))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            before = old[index] if index < len(old) else _MISSING
            after = new[index] if index < len(new) else _MISSING
            yield from _step(before, after, f"{path}[{index}]")
    elif old != new:
        yield path, UPDATE


_MISSING = object()


def _step(old: object, new: object, path: str) -> Iterator[tuple[str, str]]:
    if old is _MISSING:
        yield path, ADD
    elif new is _MISSING:
        yield path, DELETE
    else:
        yield from walk(old, new, path)


def _join(path: str, key: str) -> str:
    if "." in key or "/" in key:
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key


def _under(path: str, roots: list[str]) -> bool:
    return any(path == root or path.startswith((f"{root}.", f"{root}[")) for root in roots)
