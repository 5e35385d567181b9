"""An update that the guard has seen first."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from infra.errors import RefusedError, StagecoachError
from infra.guard.refusals import refusals
from infra.pull_requests.backend import holder, recheck, update, write_preview
from infra.pull_requests.deployments import Deployment
from infra.pull_requests.findings import read_previews


def guarded_update(deployment: Deployment) -> int:
    """Previews, judges, updates; the exit code.  What is refused is said, and the next deployment is still tried.

    The state may be another one than at the pull request's preview: somebody merged in between, or changed it by hand.
    What failed in the update before is asked of the provider first: the state may only say what was planned.
    """
    try:
        code = recheck(holder(deployment))
        if code:
            return code
        _require_safe(deployment)
        return update(deployment)
    except StagecoachError as error:
        sys.stderr.write(f"deployment {deployment.name}: {error}\n")
        return error.exit_code


def _require_safe(deployment: Deployment) -> None:
    """Raises RefusedError where the update would lose something that nobody has let go."""
    with tempfile.TemporaryDirectory() as folder:
        write_preview(deployment, Path(folder), readable=False)
        found = read_previews(Path(folder))
    # A left-over exception stops a pull request, not an update that is run again after it stopped half-way.
    problems = [problem for one in found for problem in refusals(replace(one.ruling, unused=()))]
    if problems:
        raise RefusedError("the guard refuses the update; nothing was changed", problems)
