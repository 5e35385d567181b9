"""Write the problems that a person reads when the guard refuses an update."""

from __future__ import annotations

from infra.errors import Problem
from infra.updates.guard.rules import Ruling, Verdict


def refusals(ruling: Ruling) -> list[Problem]:
    """Return one problem for each refused step, each unused exception, and each error of the engine."""
    return [
        *map(_refused, ruling.refused),
        *(
            Problem(
                path="stagecoach:guard_exceptions",
                value=one.urn,
                allowed="a resource that this update replaces or deletes: an exception is for one update",
                hint="Take it out, or the next update may do the same unseen",
            )
            for one in ruling.unused
        ),
        *(
            Problem(path="pulumi", value="", allowed=f"a preview without errors; it says: {one}", hint="Mend it")
            for one in ruling.errors
        ),
    ]


def _refused(one: Verdict) -> Problem:
    because = f" because of {', '.join(one.step.replacing)}" if one.step.replacing else ""
    return Problem(
        path=f"{one.kind} {one.step.name}",
        value="",
        allowed=f"it {one.why}{because}",
        hint=f"Take the change back; if it is meant, name {one.step.urn} with a reason in stagecoach:guard_exceptions",
    )
