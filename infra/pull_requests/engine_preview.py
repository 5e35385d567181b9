"""Reads what `pulumi preview --json` printed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.errors import ConfigError, Problem

# The engine's words for one resource's part in a replacement; they are told as one.
REPLACING = ("replace", "create-replacement", "delete-replaced")
_WORDS = dict.fromkeys(REPLACING, "replace")
# Replaced on every change of their content, by design: mounted config is autonamed, a job can't be changed (ADR 0005).
_RENEWED = ("kubernetes:core/v1:ConfigMap", "kubernetes:core/v1:Secret", "kubernetes:batch/v1:Job")


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

    @property
    def dangerous(self) -> bool:
        """Whether something goes that may hold data: the program protects all that does."""
        if self.op == "delete":
            return self.protected
        return self.op == "replace" and (self.protected or self.type not in _RENEWED)


@dataclass(frozen=True, kw_only=True)
class EnginePreview:
    """Steps in the engine's order without unchanged ones; errors and warnings in its own words."""

    steps: tuple[Step, ...]
    unchanged: int
    errors: tuple[str, ...]
    warnings: tuple[str, ...]


def parse_preview(text: str, source: str) -> EnginePreview:
    """From the command's standard output; `source` is what messages call it.

    Raises:
        ConfigError: it is not the whole of a preview.
    """
    try:
        document = json.loads(text)
        raw = [(one, _step(one)) for one in document.get("steps") or ()]
        told = [(str(one["severity"]), str(one["message"]).strip()) for one in document.get("diagnostics") or ()]
        unchanged = int((document.get("changeSummary") or {}).get("same", 0))
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        problem = Problem(
            path=source,
            value=f"{len(text)} characters",
            allowed=f"the JSON object that `pulumi preview --json` prints ({type(error).__name__}: {error})",
            hint="It may have been cut off, or another text was mixed in: run the preview again",
        )
        raise ConfigError("the engine's preview can't be read", [problem]) from None
    return EnginePreview(
        steps=_merged([step for one, step in raw if one["op"] != "same"]),
        unchanged=unchanged,
        errors=tuple(message for severity, message in told if severity == "error" and message),
        warnings=tuple(message for severity, message in told if severity == "warning" and message),
    )


def _step(raw: Mapping[str, Any]) -> Step:
    urn = str(raw["urn"])
    qualified, _, name = urn.rpartition("::")
    details = raw.get("detailedDiff") or {}
    return Step(
        op=_WORDS.get(raw["op"], str(raw["op"])),
        type=qualified.rpartition("::")[2].rpartition("$")[2],
        name=name,
        protected=bool((raw.get("oldState") or {}).get("protect")),
        paths=tuple(details) or tuple(raw.get("diffReasons") or ()),
        replacing=tuple(raw.get("replaceReasons") or ()),
        urn=urn,
        before=(raw.get("oldState") or {}).get("inputs") or {},
        after=(raw.get("newState") or {}).get("inputs") or {},
    )


def _merged(steps: list[Step]) -> tuple[Step, ...]:
    """One row for each resource, where the engine has up to three for a replacement; the fullest one."""
    found: dict[tuple[str, str, str], Step] = {}
    for step in steps:
        key = step.op, step.type, step.name
        if key not in found or len(step.paths) > len(found[key].paths):
            found[key] = step
    return tuple(found.values())
