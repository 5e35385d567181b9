"""Between the engine's property structs and plain Python values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime import rpc

UNKNOWN: str = rpc.UNKNOWN
_SIGNATURE = rpc._special_sig_key  # noqa: SLF001  the wire format's keys have no public name
_SECRET = rpc._special_secret_sig  # noqa: SLF001  as above

Properties = dict[str, Any]


def to_plain(struct: struct_pb2.Struct) -> tuple[Properties, frozenset[str]]:
    """Plain values, and the names of the top-level properties that are or contain a secret."""
    values: Properties = {}
    secrets = set()
    for key, value in struct.fields.items():
        values[key], secret = _plain(value)
        if secret:
            secrets.add(key)
    return values, frozenset(secrets)


def to_struct(values: Mapping[str, Any], secrets: Iterable[str] = ()) -> struct_pb2.Struct:
    """The engine's struct; properties named in `secrets` are marked as such."""
    hidden = frozenset(secrets)
    struct = struct_pb2.Struct()
    struct.update(
        {key: {_SIGNATURE: _SECRET, "value": value} if key in hidden else value for key, value in values.items()},
    )
    return struct


def has_unknown(value: object) -> bool:
    """Whether a value is not known before the update has run."""
    if isinstance(value, Mapping):
        return any(has_unknown(one) for one in value.values())
    if isinstance(value, list):
        return any(has_unknown(one) for one in value)
    return value == UNKNOWN


def _plain(value: struct_pb2.Value) -> tuple[Any, bool]:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _plain_struct(value.struct_value)
    if kind == "list_value":
        pairs = [_plain(one) for one in value.list_value.values]
        return [one for one, _ in pairs], any(secret for _, secret in pairs)
    if kind == "number_value":
        number = value.number_value
        return (int(number) if number.is_integer() else number), False
    if kind in ("string_value", "bool_value"):
        return getattr(value, kind), False
    return None, False


def _plain_struct(struct: struct_pb2.Struct) -> tuple[Any, bool]:
    if _SIGNATURE in struct.fields and struct.fields[_SIGNATURE].string_value == _SECRET:
        return _plain(struct.fields["value"])[0], True
    pairs = {key: _plain(one) for key, one in struct.fields.items()}
    return {key: one for key, (one, _) in pairs.items()}, any(secret for _, secret in pairs.values())
