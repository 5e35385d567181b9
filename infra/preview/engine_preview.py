"""Reads what `pulumi preview --json` printed."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.errors import ConfigError, Problem
from infra.names import SERVER_RESOURCE

# The engine's words for one resource's part in a replacement; they are told as one.
REPLACING = ("replace", "create-replacement", "delete-replaced")
_WORDS = dict.fromkeys(REPLACING, "replace")
# Where each cloud tells the size of the server's root disk, in GB as infra/config/recorded.py reads it from the state.
_ROOT_DISKS = {
    "hcloud:index/server:Server": "primaryDiskSize",
    "digitalocean:index/droplet:Droplet": "disk",
    "vultr:index/instance:Instance": "disk",
}
# What a terminal takes for a command: ECMA-48's control sequences, and an operating system's command with its end.
_COLOURS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\].*?(?:\x07|\x1b\\)|\x1b[@-Z\\-_]", re.DOTALL)
_SAME = "same"
# The engine's severities (sdk/go/common/diag, Severity) that are no error; what it may say besides them is one.
_TOLD = ("debug", "info", "info#err", "warning")
_NOTHING = "an error without a word"
# urn:pulumi:STACK::PROJECT::TYPES::NAME; a name may hold anything, colons too.
_URN = re.compile(r"urn:pulumi:([\w.-]{1,100})::([\w.-]{1,100})::[^:].*?::.")


@dataclass(frozen=True, kw_only=True, order=True)
class Origin:
    """Whose resources a preview is about."""

    stack: str
    project: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """What the engine would do to one resource."""

    op: str
    type: str
    name: str
    protected: bool
    paths: tuple[str, ...]  # of the inputs that change
    replacing: tuple[str, ...]  # those of them that make the engine replace it
    urn: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)  # inputs, where the engine tells them
    after: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class EnginePreview:
    """Steps in the engine's order without unchanged ones; errors and warnings in its own words."""

    steps: tuple[Step, ...]
    unchanged: int
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    origins: tuple[Origin, ...] = ()  # of unchanged resources, too; one, in a preview of the engine's
    has_steps: bool = True  # the document lists steps, even if it is an empty list: a failed command's may not
    root_disk_gb: int | None = None  # of the running server, where the engine tells


def parse_preview(text: str, source: str) -> EnginePreview:
    """From the command's standard output; `source` is what messages call it.

    Raises:
        ConfigError: it is not the whole of a preview.
    """
    try:
        document = _object(json.loads(text, object_pairs_hook=_once))
        listed = document.get("steps")
        raw = [(_mapping(one), _step(one)) for one in listed or ()]
        told = [(str(one["severity"]), _text(one["message"])) for one in _list(document.get("diagnostics"))]
        unchanged = _unchanged(_mapping(document.get("changeSummary")), raw)
        root_disk = next((size for size in map(_root_disk, raw) if size), None)
    except (ValueError, AttributeError, KeyError, TypeError, OverflowError, RecursionError) as error:
        problem = Problem(
            path=source,
            value=f"{len(text)} characters",
            allowed=f"the JSON object that `pulumi preview --json` prints ({type(error).__name__}: {error})",
            hint="It may have been cut off, or another text was mixed in: run the preview again",
        )
        raise ConfigError("the engine's preview can't be read", [problem]) from None
    return EnginePreview(
        steps=_merged([step for _, step in raw if step.op != _SAME]),
        unchanged=unchanged,
        errors=_said("error", [("error", said or _NOTHING) for kind, said in told if kind not in _TOLD]),
        warnings=_said("warning", told),
        origins=tuple(sorted({_origin(step.urn) for _, step in raw})),
        has_steps=isinstance(listed, list),
        root_disk_gb=root_disk,
    )


def _unchanged(summary: Mapping[str, Any], raw: list[tuple[Mapping[str, Any], Step]]) -> int:
    """How many stay as they are; ValueError where the summary counts more steps than are listed."""
    listed = Counter(str(one.get("op")) for one, _ in raw)
    for op, count in summary.items():
        if not isinstance(count, int) or count < 0:
            raise ValueError(f"the summary has {count!r} for {op}, which is no number of resources")
        if op != _SAME and listed[op] < count:
            raise ValueError(f"the summary says {count} x {op}, and {listed[op]} are listed")
    return int(summary.get(_SAME, 0))


def _said(severity: str, told: list[tuple[str, str]]) -> tuple[str, ...]:
    """Each once: the engine repeats some for every resource (seen with 3.259.0: 58 times)."""
    found = (message.removeprefix(f"{severity}: ") for kind, message in told if kind == severity)
    return tuple(dict.fromkeys(message for message in found if message))


def _step(raw: Mapping[str, Any]) -> Step:
    urn, op = _line(raw["urn"]), _line(raw["op"])
    qualified, _, name = urn.rpartition("::")
    old, new = _mapping(raw.get("oldState")), _mapping(raw.get("newState"))
    details = _mapping(raw.get("detailedDiff"))
    return Step(
        op=_WORDS.get(op, op),
        type=qualified.rpartition("::")[2].rpartition("$")[2],
        name=name,
        protected=bool(old.get("protect")),
        paths=tuple(map(_line, details or _list(raw.get("diffReasons")))),
        replacing=tuple(map(_line, _list(raw.get("replaceReasons")))),
        urn=urn,
        before=_mapping(old.get("inputs")),
        after=_mapping(new.get("inputs")),
    )


def _origin(urn: str) -> Origin:
    """What is no URN stands for its own project: it is nobody's."""
    found = _URN.match(urn)
    return Origin(stack=found[1], project=found[2]) if found else Origin(stack="", project=urn)


def _root_disk(one: tuple[Mapping[str, Any], Step]) -> int | None:
    """From the state before the update."""
    raw, step = one
    key = _ROOT_DISKS.get(step.type)
    if key is None or step.name != SERVER_RESOURCE:
        return None
    size = _mapping(_mapping(raw.get("oldState")).get("outputs")).get(key)
    return size if isinstance(size, int) and size > 0 else None


def _mapping(value: object) -> Mapping[str, Any]:
    """What is missing is empty."""
    return {} if value is None else _object(value)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """ValueError for a key that stands there twice: of two lists of steps one would never be looked at."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise ValueError(f"{twice[:60]!r} stands there twice in one object")
    return found


def _object(value: object) -> Mapping[str, Any]:
    """Anything else raises TypeError."""
    if not isinstance(value, Mapping):
        raise TypeError(f"an object is expected, not {type(value).__name__}")
    return value


def _list(value: object) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise TypeError(f"a list is expected, not {type(value).__name__}")
    return value


def _text(value: object) -> str:
    """Half a character (JSON can name one) would end whoever writes it down; colours would change a terminal."""
    plain = _COLOURS.sub("", str(value))
    return "".join(one if one.isprintable() or one in "\n\t" else "\N{REPLACEMENT CHARACTER}" for one in plain).strip()


def _line(value: object) -> str:
    """A text that can be printed: half a character, or a terminal's command, would end the table or change it."""
    if not isinstance(value, str):
        raise TypeError(f"a text is expected, not {type(value).__name__}")
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in value)


def _merged(steps: list[Step]) -> tuple[Step, ...]:
    """One row for each resource, where the engine has up to three for a replacement; the fullest one."""
    found: dict[tuple[str, str], Step] = {}
    for step in steps:
        key = step.op, step.urn
        if key not in found or len(step.paths) > len(found[key].paths):
            found[key] = step
    return tuple(found.values())
