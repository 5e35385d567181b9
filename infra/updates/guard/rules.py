"""Decide which steps of a preview are refused, and why."""

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
# The engine's other operations (sdk/go/common/apitype, OpType): none of them deletes or replaces anything.
_HARMLESS = ("same", "create", "update", "read", "refresh", "import", "remove-pending-replace")
_UPGRADE_ONLY = {cloud.server.type: cloud for cloud in CLOUDS.values() if cloud.upgrade_only}
_LONGEST = 60  # characters of a value in a message


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Hold the guard's decision on one step; `why` is empty if nothing is wrong with it."""

    step: Step
    kind: str = ""
    why: str = ""
    reason: str = ""  # a person's, from the stack file: the step is allowed

    @property
    def refused(self) -> bool:
        """Return whether the update must not run because of this step."""
        return bool(self.why) and not self.reason


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """Hold the guard's decisions on a whole preview."""

    verdicts: tuple[Verdict, ...]
    unused: tuple[GuardException, ...]
    errors: tuple[str, ...]  # errors that the engine reported

    @property
    def refused(self) -> tuple[Verdict, ...]:
        """Return the steps that must not happen."""
        return tuple(one for one in self.verdicts if one.refused)

    @property
    def allowed(self) -> tuple[Verdict, ...]:
        """Return the steps that an exception in the stack file allows."""
        return tuple(one for one in self.verdicts if one.why and one.reason)

    @property
    def safe(self) -> bool:
        """Return whether the update may run as it is."""
        return not (self.refused or self.unused or self.errors)


def rule(preview: EnginePreview, allowed: tuple[GuardException, ...] = ()) -> Ruling:
    """Judge a preview against the exceptions of its stack file."""
    verdicts = judge(preview, allowed)
    return Ruling(verdicts=verdicts, unused=unused(verdicts, allowed), errors=preview.errors)


def judge(preview: EnginePreview, allowed: Iterable[GuardException] = ()) -> tuple[Verdict, ...]:
    """Return one verdict for each step, in the engine's order."""
    reasons = {one.urn: one.reason for one in allowed}
    return tuple(_judge(step, reasons.get(step.urn, "")) for step in preview.steps)


def unused(verdicts: Iterable[Verdict], allowed: Iterable[GuardException]) -> tuple[GuardException, ...]:
    """Return the exceptions that this preview does not need.

    An exception is meant for one update. Left in the file, it would let the next update do the same unseen.
    """
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
    """Return what is wrong with an update in place; empty if nothing is."""
    if step.replacing:
        return "is to be updated, and the preview says as well that it must be replaced: one of them is wrong"
    return _smaller(step)


def _smaller(step: Step) -> str:
    """Say which size an update would shrink although it can only grow; empty if none."""
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
    """Say that a size shrinks, or that it may: a size that is missing or not a number is refused, too."""
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
    """Return a finite number, also from a text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _downgrade(cloud: CloudFacts, was: object, becomes: object) -> str:
    """Say that a server would become smaller on a cloud that can't do that.

    A type that is not in the catalog is refused as well: it may be a smaller one.
    """
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
