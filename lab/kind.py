"""Whether a lab has real servers or simulated nodes: decided once, when its first deployment is built."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from infra.errors import Problem, StagecoachError
from lab.nodes.real.vps.possible import why_not

REAL, SIMULATED = "real", "simulated"
VARIABLE = "LAB"


def kind_of(root: Path) -> str:
    """What the lab was built as; simulated where nothing was built."""
    path = root / "kind"
    return path.read_text().strip() if path.exists() else SIMULATED


def choose(root: Path) -> str:
    """The lab's kind; the first time the best that this machine can do, or what the variable LAB asks for.

    Raises:
        StagecoachError: the variable asks for what this machine, or this lab, is not.
    """
    wanted = os.environ.get(VARIABLE, "")
    if wanted not in ("", REAL, SIMULATED):
        raise _refused(wanted, f"{REAL} or {SIMULATED}", "Leave it out for the best that this machine can do")
    path = root / "kind"
    if path.exists():
        built = kind_of(root)
        if wanted and wanted != built:
            raise _refused(wanted, f"{built}, as this lab was built", "`make reset` forgets it")
        return built
    kind = wanted or _best()
    if wanted == REAL and (reason := why_not()):
        raise _refused(wanted, f"{SIMULATED} on this machine: {reason}", f"{VARIABLE}={SIMULATED} rehearses without")
    root.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{kind}\n")
    return kind


def _best() -> str:
    reason = why_not()
    if reason is None:
        return REAL
    sys.stdout.write(f"nodes are simulated, no pod really runs: {reason}\n")
    return SIMULATED


def _refused(value: str, allowed: str, hint: str) -> StagecoachError:
    return StagecoachError("the lab can't be built", [Problem(path=VARIABLE, value=value, allowed=allowed, hint=hint)])
