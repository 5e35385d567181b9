"""Which steps of a preview are refused, and why."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from infra.clouds import CLOUDS
from infra.clouds.facts import CloudFacts
from infra.printable import shortened
from infra.stack_file.guard_config import GuardException
from infra.updates.guard.kinds import SIZES, kind_of
from infra.updates.preview.engine_preview import EnginePreview, Step

_GOES = {
    "replace": "would be replaced: another one, and an empty one, takes its place",
    "import-replacement": "would be replaced: one that was imported takes its place",
    "read-replacement": "would be replaced: one that is only read takes its place",
    "delete": "would be deleted, with what is on it",
    "discard": "would be forgotten: the next update makes another one",
    "discard-replaced": "would be replaced: another one takes its place",
}
# The engine's other operations (sdk/go/common/apitype, OpType); none of them takes anything away.
_HARMLESS = ("same", "create", "update", "read", "refresh", "import", "remove-pending-replace")
_UPGRADE_ONLY = {cloud.server.type: cloud for cloud in CLOUDS.values() if cloud.upgrade_only}
_LONGEST = 60  # characters of a value that a message shows


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the guard says of one step; `why` is empty where nothing is wrong with it."""

    step: Step
    kind: str = ""
    why: str = ""
    reason: str = ""  # a person's, from the stack file: then it is allowed

    @property
    def refused(self) -> bool:
        """Whether the update must not run."""
        return bool(self.why) and not self.reason


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """What the guard says of a whole preview."""

    verdicts: tuple[Verdict, ...]
    unused: tuple[GuardException, ...]
    errors: tuple[str, ...]  # the engine's own

    @property
    def refused(self) -> tuple[Verdict, ...]:
        """What must not happen."""
        return tuple(one for one in self.verdicts if one.refused)

    @property
    def allowed(self) -> tuple[Verdict, ...]:
        """What a person lets happen."""
        return tuple(one for one in self.verdicts if one.why and one.reason)

    @property
    def safe(self) -> bool:
        """Whether the update may run as it is written."""
        return not (self.refused or self.unused or self.errors)


def rule(preview: EnginePreview, allowed: tuple[GuardException, ...] = ()) -> Ruling:
    """Everything that the guard has to say."""
    verdicts = judge(preview, allowed)
    return Ruling(verdicts=verdicts, unused=unused(verdicts, allowed), errors=preview.errors)


def judge(preview: EnginePreview, allowed: Iterable[GuardException] = ()) -> tuple[Verdict, ...]:
    """One verdict for each step, in the engine's order."""
    reasons = {one.urn: one.reason for one in allowed}
    return tuple(_judge(step, reasons.get(step.urn, "")) for step in preview.steps)


def unused(verdicts: Iterable[Verdict], allowed: Iterable[GuardException]) -> tuple[GuardException, ...]:
    """Exceptions that this preview does not need: each is for one update, and would wave the next one through."""
    needed = {one.step.urn for one in verdicts if one.why}
    return tuple(one for one in allowed if one.urn not in needed)


def _judge(step: Step, reason: str) -> Verdict:
    kind = kind_of(step)
    if step.op not in (*_GOES, *_HARMLESS):
        why = f"would have `{step.op}` done to it, which this guard does not know: it may be the end of it"
        return Verdict(step=step, kind=kind or "resource", why=why, reason=reason)
    if kind is None:
        return Verdict(step=step)
    why = _GOES.get(step.op) or (_updated(step) if step.op == "update" else "")
    return Verdict(step=step, kind=kind, why=why, reason=reason if why else "")


def _updated(step: Step) -> str:
    """Nothing, or what is wrong with an update in place."""
    if step.replacing:
        return "is to be updated, and the preview says as well that it must be replaced: one of them is wrong"
    return _smaller(step)


def _smaller(step: Step) -> str:
    """What an update makes smaller that only grows."""
    for kind in (step.type, *step.types):
        key = SIZES.get(kind)
        why = _shrinks(step.before.get(key), step.after.get(key)) if key else ""
        cloud = _UPGRADE_ONLY.get(kind)
        if cloud:
            key = cloud.server.instance_type
            why = _downgrade(cloud, step.before.get(key), step.after.get(key))
        if why:
            return why
    return ""


def _shrinks(before: object, after: object) -> str:
    """A size that is no number, or is not told, may be a smaller one."""
    if before is None and after is None:
        return "has no size in this preview: it may be a smaller one"
    if before == after:
        return ""
    old, new = _number(before), _number(after)
    if old is None or new is None:
        sizes = " to ".join(shortened(repr(one), _LONGEST) for one in (before, after))
        return f"would go from size {sizes}, and one of them is no number: it may be a smaller one"
    return (
        f"would shrink from {before} to {after}: no provider does that, and data would be cut off" if new < old else ""
    )


def _number(value: object) -> float | None:
    """Of a number, also where it is written as a text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _downgrade(cloud: CloudFacts, was: object, becomes: object) -> str:
    """Of a cloud that only makes servers larger; a type that the catalog does not know may be a smaller one."""
    if was == becomes and was is not None:
        return ""
    rows = {row.name: row for row in cloud.catalog.instance_types}
    before, after = (shortened(one, _LONGEST) for one in (was, becomes))
    old, new = rows.get(before), rows.get(after)
    if old is None or new is None:
        unknown = before if old is None else after
        return (
            f"would go from {before} to {after}, and {unknown} is not in the catalog: {cloud.title} can't go back down"
        )
    smaller = new.vcpu < old.vcpu or new.memory < old.memory or new.disk_gb < old.disk_gb
    return f"would go down from {before} to {after}: {cloud.title} refuses that" if smaller else ""
