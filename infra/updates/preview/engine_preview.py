"""Parse the output of `pulumi preview --json`."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from infra.clouds import CLOUDS
from infra.errors import ConfigError, Problem
from infra.names import SERVER_RESOURCE
from infra.printable import lines, one_line, shortened

# The engine lists up to three steps for one replacement; they become a single "replace".
REPLACING = ("replace", "create-replacement", "delete-replaced")
_WORDS = dict.fromkeys(REPLACING, "replace")
# The output of each cloud's server with the size of its root disk, in GB.
_ROOT_DISKS = {cloud.server.type: cloud.server.root_disk_gb for cloud in CLOUDS.values()}
_SAME = "same"
# urn:pulumi:STACK::PROJECT::TYPES::NAME; a name may contain anything, even colons.
_URN = re.compile(r"urn:pulumi:([\w.-]{1,100})::([\w.-]{1,100})::(?!:)((?:[^:]|:(?!:))+)::(.+)", re.DOTALL)
# The engine's severities that are not errors (sdk/go/common/diag). An unknown severity counts as an error.
_NO_ERRORS = ("debug", "info", "info#err", "warning")
# A shop has some 250 resources, and a preview of all of them has a few megabytes. A text far above that is not a
# preview, and parsing it would take too long.
LONGEST = 24_000_000  # characters
_MOST_STEPS = 10_000
_LONGEST_SAID = 20_000  # characters of one message
_LONGEST_SHOWN = 100  # characters of a wrong value in a message


@dataclass(frozen=True, kw_only=True, order=True)
class Origin:
    """Name the stack and project that a preview's resources belong to."""

    stack: str
    project: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """Describe what the engine would do to one resource."""

    op: str
    type: str
    name: str
    protected: bool
    paths: tuple[str, ...]  # of the changed inputs
    replacing: tuple[str, ...]  # of the changed inputs that make the engine replace the resource
    urn: str = ""
    types: tuple[str, ...] = ()  # the type in the old or new state, where it differs from the URN's
    before: Mapping[str, Any] = field(default_factory=dict)  # inputs, if the engine shows them
    after: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class EnginePreview:
    """Hold a preview.

    Its steps come in the engine's order, without unchanged resources; errors and warnings are the engine's own texts.
    """

    steps: tuple[Step, ...]
    unchanged: int
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    origins: tuple[Origin, ...] = ()  # unchanged resources count, too; a preview by the engine has exactly one origin
    has_steps: bool = True  # the document has a list of steps, if only an empty one: a failed command may print none
    root_disk_gb: int | None = None  # of the running server, if the state has it


def parse_preview(text: str, source: str) -> EnginePreview:
    """Parse the command's standard output.

    Args:
        text: the whole output, at most `LONGEST` characters.
        source: the name that messages give it.

    Raises:
        ConfigError: the text is not a complete preview.
    """
    try:
        document = _object(_loaded(text))
        listed = document.get("steps")
        raw = [(_mapping(one), _step(one)) for one in _list(listed)]
        told = [_diagnostic(one) for one in _list(document.get("diagnostics"))]
        unchanged = _unchanged(_mapping(document.get("changeSummary")), raw)
        root_disk = next((size for size in map(_root_disk, raw) if size), None)
    except (ValueError, AttributeError, KeyError, TypeError, OverflowError, RecursionError) as error:
        said = shortened(error, _LONGEST_SAID)
        problem = Problem(
            path=source,
            value=f"{len(text)} characters",
            allowed=f"the JSON object that `pulumi preview --json` prints ({type(error).__name__}: {said})",
            hint="It may have been cut off, or another text was mixed in: run the preview again",
        )
        raise ConfigError("the engine's preview can't be read", [problem]) from None
    return EnginePreview(
        steps=_merged([step for _, step in raw if step.op != _SAME]),
        unchanged=unchanged,
        errors=_said("error", told),
        warnings=_said("warning", told),
        origins=tuple(sorted({_origin(step.urn) for _, step in raw})),
        has_steps=isinstance(listed, list),
        root_disk_gb=root_disk,
    )


def _loaded(text: str) -> Any:  # noqa: ANN401  any JSON
    """Load JSON and refuse an object that has a key twice.

    A parser keeps one of the two values, perhaps the wrong one.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
            raise ValueError(f"{shortened(twice, _LONGEST_SHOWN)} is there twice")
        return found

    if len(text) > LONGEST:
        raise ValueError(f"longer than {LONGEST} characters")

    def no_number(constant: str) -> Any:  # noqa: ANN401  it never returns
        raise ValueError(f"{constant} is no number of JSON")

    return json.loads(text, object_pairs_hook=once, parse_constant=no_number)


def _unchanged(summary: Mapping[str, Any], raw: list[tuple[Mapping[str, Any], Step]]) -> int:
    """Return the number of unchanged resources; ValueError if the summary counts more steps than are listed."""
    listed = Counter(str(one.get("op")) for one, _ in raw)
    for op, count in summary.items():
        name = shortened(op, _LONGEST_SHOWN)
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            said = shortened(repr(count), _LONGEST_SHOWN)
            raise ValueError(f"the summary has {said} for {name}, which is no number of resources")
        if op != _SAME and listed[op] < count:
            raise ValueError(f"the summary says {count} x {name}, and {listed[op]} are listed")
    return int(summary.get(_SAME, 0))


def _diagnostic(one: object) -> tuple[str, str]:
    """Return a diagnostic's severity and text; an error without a text gets one."""
    raw = _object(one)
    severity, said = one_line(raw["severity"]), raw["message"]
    if not isinstance(said, str):
        raise TypeError(f"a text is expected, not {type(said).__name__}")
    kind = severity if severity in _NO_ERRORS else "error"
    text = lines(said[:_LONGEST_SAID]).removeprefix(f"{kind}: ")
    return kind, text or ("an error without a text" if kind == "error" else "")


def _said(severity: str, told: list[tuple[str, str]]) -> tuple[str, ...]:
    """Return each message once: the engine repeats some for every resource (seen with 3.259.0: 58 times)."""
    return tuple(dict.fromkeys(message for kind, message in told if kind == severity and message))


def _step(raw: Mapping[str, Any]) -> Step:
    urn, op = one_line(raw["urn"]), one_line(raw["op"])
    kind, name = _type_and_name(urn)
    old, new = _mapping(raw.get("oldState")), _mapping(raw.get("newState"))
    details = _mapping(raw.get("detailedDiff"))
    named = [one_line(state["type"]) for state in (old, new) if state.get("type") is not None]
    return Step(
        op=_WORDS.get(op, op),
        type=kind,
        name=name,
        protected=_flag(old.get("protect")),
        paths=tuple(map(one_line, details or _list(raw.get("diffReasons")))),
        replacing=tuple(map(one_line, _list(raw.get("replaceReasons")))),
        urn=urn,
        types=tuple(one for one in dict.fromkeys(named) if one != kind),
        before=_mapping(old.get("inputs")),
        after=_mapping(new.get("inputs")),
    )


def _type_and_name(urn: str) -> tuple[str, str]:
    """Split a URN; the name is everything after the type, because it may contain colons itself."""
    found = _URN.fullmatch(urn)
    qualified, name = (found[3], found[4]) if found else urn.rpartition("::")[::2]
    return qualified.rpartition("::")[2].rpartition("$")[2], name


def _origin(urn: str) -> Origin:
    """Return a URN's stack and project; a text that is not a URN becomes a project of its own, which nobody owns."""
    found = _URN.match(urn)
    return Origin(stack=found[1], project=found[2]) if found else Origin(stack="", project=urn)


def _root_disk(one: tuple[Mapping[str, Any], Step]) -> int | None:
    """Return the main server's root disk in GB from the state before the update."""
    raw, step = one
    key = _ROOT_DISKS.get(step.type)
    if key is None or step.name != SERVER_RESOURCE:
        return None
    size = _mapping(_mapping(raw.get("oldState")).get("outputs")).get(key)
    return size if isinstance(size, int) and size > 0 else None


def _mapping(value: object) -> Mapping[str, Any]:
    """Return the object, or an empty one for null."""
    return {} if value is None else _object(value)


def _object(value: object) -> Mapping[str, Any]:
    """Return the value; TypeError if it is not an object."""
    if not isinstance(value, Mapping):
        raise TypeError(f"an object is expected, not {type(value).__name__}")
    return value


def _list(value: object) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise TypeError(f"a list is expected, not {type(value).__name__}")
    if len(value) > _MOST_STEPS:
        raise ValueError(f"a list of {len(value)}, more than {_MOST_STEPS}")
    return value


def _flag(value: object) -> bool:
    if value is not None and not isinstance(value, bool):
        raise TypeError(f"true or false is expected, not {type(value).__name__}")
    return bool(value)


def _merged(steps: list[Step]) -> tuple[Step, ...]:
    """Merge the engine's up to three steps for a replacement into the one that lists the most paths.

    Only replacements and deletions are merged: a resource may be updated twice, and each update may shrink it.
    """
    found: dict[tuple[str, str, int], Step] = {}
    for index, step in enumerate(steps):
        key = step.op, step.urn, -1 if step.op in ("replace", "delete") else index
        before = found.get(key, step)
        fuller = step if len(step.paths) > len(before.paths) else before
        types = tuple(dict.fromkeys((*before.types, *step.types)))
        found[key] = replace(fuller, protected=before.protected or step.protected, types=types)
    return tuple(found.values())
