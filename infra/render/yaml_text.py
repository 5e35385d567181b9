"""Write manifests as YAML that people can read and git can compare: in a fixed order, long texts as blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

_FIRST = ("apiVersion", "kind", "metadata", "name", "namespace")
_WIDTH = 120


class _Dumper(yaml.SafeDumper):
    """Dump YAML safely, with texts of several lines as blocks."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  the base's signature
        """Write repeated labels out each time, instead of as an alias."""
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def manifest_text(manifest: Mapping[str, Any]) -> str:
    """Return one object as a YAML document."""
    return yaml.dump(_ordered(manifest), Dumper=_Dumper, sort_keys=False, width=_WIDTH)


def _ordered(value: Any) -> Any:  # noqa: ANN401  any JSON
    """Sort maps, which the engine's messages give no order: identifying keys first, then by the alphabet."""
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: (_FIRST.index(key) if key in _FIRST else len(_FIRST), key))
        return {key: _ordered(value[key]) for key in keys}
    return [_ordered(one) for one in value] if isinstance(value, list) else value
