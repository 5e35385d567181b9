"""Write the guard's decision as Markdown."""

from __future__ import annotations

from infra.report.markdown_text import code, plain
from infra.updates.guard.rules import Ruling, Verdict

_SHOWN = 8  # resources that are listed by name


def danger_lines(stack: str, ruling: Ruling) -> list[str]:
    """Return one line for each reason that stops the update, except the engine's own errors."""
    lines = [f"{_what(one)} of stack {code(stack)} {plain(one.why)}{_because(one)}" for one in ruling.refused]
    lines += [
        f"stack {code(stack)}: {code('guard_exceptions')} names {code(one.urn)}, which this update neither replaces "
        "nor deletes: an exception is for one update, take it out"
        for one in ruling.unused
    ]
    return lines


def guard_markdown(stack: str, ruling: Ruling) -> str:
    """Say whether the update is safe or refused, which resources were checked, and which losses a person allows."""
    held = [one for one in ruling.verdicts if one.kind]
    lines = [f"- Guard, on what the engine would do to stack {code(stack)}: {_verdict(ruling)}."]
    lines += [
        f"- **Allowed once:** {_what(one)} {plain(one.why)}{_because(one)}. Reason: {plain(one.reason)}"
        for one in ruling.allowed
    ]
    stays = [one for one in held if not one.why]
    if stays:
        names = ", ".join(f"{code(one.step.name)} ({one.kind})" for one in stays[:_SHOWN])
        more = f" and {len(stays) - _SHOWN} more" if len(stays) > _SHOWN else ""
        lines.append(f"- What holds data, a name or an address is updated in place or new: {names}{more}")
    return "\n".join([*lines, ""])


def _verdict(ruling: Ruling) -> str:
    if ruling.refused:
        counts = f"{len(ruling.refused)} of {len(ruling.verdicts)}"
        return f"**refused.** {counts} changes would lose data, a name or an address"
    if ruling.errors:
        return "**refused.** The engine's preview has errors, so nobody knows what the update would do"
    if ruling.unused:
        return "**refused.** An exception is left over from an earlier update"
    if ruling.allowed:
        return f"**allowed.** {len(ruling.allowed)} losses are named with a reason in the stack file"
    return "**safe.** Nothing that holds data, a name or an address is replaced or deleted"


def _what(one: Verdict) -> str:
    return f"{one.kind} {code(one.step.name)}"


def _because(one: Verdict) -> str:
    return f" (because of {', '.join(map(code, one.step.replacing))})" if one.step.replacing else ""
