"""Manifests as YAML that people read and git compares: a fixed order, blocks for texts of several lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

_FIRST = ("apiVersion", "kind", "metadata", "name", "namespace")
_WIDTH = 120


class _Dumper(yaml.SafeDumper):
    """The safe one, with its own style for texts."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  the base's signature
        """Labels that occur twice are written twice."""
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def manifest_text(manifest: Mapping[str, Any]) -> str:
    """One object's document."""
    return yaml.dump(_ordered(manifest), Dumper=_Dumper, sort_keys=False, width=_WIDTH)


def _ordered(value: Any) -> Any:  # noqa: ANN401  any JSON
    """Maps come without an order from the engine's messages: what names an object first, then by the alphabet."""
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: (_FIRST.index(key) if key in _FIRST else len(_FIRST), key))
        return {key: _ordered(value[key]) for key in keys}
    return [_ordered(one) for one in value] if isinstance(value, list) else value
