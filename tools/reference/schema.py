"""The keys of a model, from its JSON schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from infra.stack_file.change import KEY

Node = dict[str, Any]

_AMOUNTS = {"Cpu": "CPU, for example `400m`", "Memory": "memory, for example `512Mi` or `1Gi`"}
_NAMES = {
    "string": "text",
    "integer": "whole number",
    "number": "number, for example `59.50`",
    "boolean": "`true` or `false`",
}
_NAMED_BY = {
    "pools": "<pool>",
    "images": "<image>",
    "env": "<VARIABLE>",
    "receivers": "<receiver>",
    "prices": "<instance type>",
}


@dataclass(frozen=True, kw_only=True)
class Key:
    """One key of a stack file; `path` is dotted, `default` is empty where the key is required."""

    path: str
    type: str
    default: str
    required: bool
    description: str
    change: str
    below: tuple[Key, ...]


def keys_of(model: type[BaseModel]) -> tuple[Key, ...]:
    """The model's keys, each with the keys below it."""
    schema = model.model_json_schema()
    return _keys(schema, schema, prefix="", change="")


def _keys(node: Node, schema: Node, *, prefix: str, change: str) -> tuple[Key, ...]:
    required = node.get("required", [])
    return tuple(
        _key(f"{prefix}{name}", child, schema, required=name in required, change=child.get(KEY, change))
        for name, child in node.get("properties", {}).items()
    )


def _key(path: str, node: Node, schema: Node, *, required: bool, change: str) -> Key:
    named = f"{path}.{_NAMED_BY.get(path.rsplit('.', 1)[-1], '<name>')}"
    target = _resolved(node, schema)
    entries = _resolved(target.get("additionalProperties") or {}, schema)
    below = _keys(target, schema, prefix=f"{path}.", change=change) if _is_model(target) else ()
    if _is_model(entries):
        below = _keys(entries, schema, prefix=f"{named}.", change=change)
    return Key(
        path=path,
        type=_type(node, schema),
        default=_default(node, required=required),
        required=required,
        description=node.get("description", ""),
        change=change,
        below=below,
    )


def _resolved(node: Node, schema: Node) -> Node:
    """Follows a reference, also behind `X | None`."""
    for choice in node.get("anyOf", [node]):
        if "$ref" in choice:
            found: Node = schema["$defs"][choice["$ref"].rsplit("/", 1)[-1]]
            return found
    return node


def _is_model(node: Node) -> bool:
    return "properties" in node and node.get("title") not in _AMOUNTS


def _type(node: Node, schema: Node) -> str:
    chosen = next((one for one in node.get("anyOf", []) if one.get("type") != "null"), node)
    if "enum" in chosen:
        return "one of " + ", ".join(f"`{value}`" for value in chosen["enum"])
    target = _resolved(chosen, schema)
    if target.get("title") in _AMOUNTS:
        return _AMOUNTS[target["title"]]
    if chosen.get("type") == "array":
        least = ", at least one" if chosen.get("minItems") else ""
        most = f", at most {chosen['maxItems']}" if chosen.get("maxItems") else ""
        return f"list of {_type(chosen['items'], schema)}{least}{most}"
    if _is_model(target):
        return "mapping"
    if chosen.get("type") == "object":
        return "mapping"
    # A text that has rules of its own is called by them (infra/stack_file/values/addresses.py).
    return str(chosen.get("format") or _NAMES[chosen["type"]]) + _bounds(chosen)


def _bounds(node: Node) -> str:
    low, high = node.get("minimum"), node.get("maximum")
    text = ""
    if low is not None and high is not None:
        text = f", {low:,} to {high:,}"
    elif low is not None:
        text = f", {low:,} or more"
    if node.get("minLength"):
        text += f", at least {node['minLength']} characters"
    if node.get("pattern"):
        text += f", matching `{node['pattern']}`"
    return text


def _default(node: Node, *, required: bool) -> str:
    if required:
        return "required"
    value = node.get("default")
    if value is None or value in ([], {}):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
