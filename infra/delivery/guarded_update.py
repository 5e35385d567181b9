"""Run an update that does only what the guard has seen in a preview."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from infra.delivery.backend import holder, recheck, rename, update, write_preview
from infra.delivery.findings import read_previews
from infra.errors import ConfigError, Problem, RefusedError, StagecoachError
from infra.stack_file.deployments import Deployment
from infra.updates.guard.refusals import refusals

_BEYOND = (
    "deployment {name}: the update ended with exit code {code}. If the engine says `violates plan` or `not allowed by "
    "the plan`, the stack changed after the guard had judged the preview: run the job again, and the guard judges a "
    "new one\n"
)


def guarded_update(deployment: Deployment) -> int:
    """Preview the deployment, let the guard judge the preview, and update by the judged plan.

    A refusal is printed instead of raised, because the next deployment is still tried. The state may differ from the
    one that the pull request's preview saw: somebody may have merged in between, or changed it by hand. Resources whose
    last update failed are read from the provider first, because the state may only say what was planned for them.

    Returns:
        The exit code; 0 if the update succeeded.
    """
    try:
        stack = holder(deployment)
        code = recheck(stack)
        if code:
            return code
        if stack != deployment.stack:
            # A plan names resources by the stack that holds them, so it can't be saved before the rename: this preview
            # is only judged.
            _judge(deployment, plan=None, changed="nothing was changed")
            code = rename(deployment)
            if code:
                return code
        return _update(deployment)
    except StagecoachError as error:
        sys.stderr.write(f"deployment {deployment.name}: {error}\n")
        return error.exit_code


def _update(deployment: Deployment) -> int:
    """Update by a judged plan, so that nothing can slip in between the guard's look and the update (ADR 18)."""
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder, "plan.json")
        _judge(deployment, plan=plan, changed="no resource was changed")
        code = update(deployment, plan)
    if code:
        sys.stderr.write(_BEYOND.format(name=deployment.name, code=code))
    return code


def _judge(deployment: Deployment, *, plan: Path | None, changed: str) -> None:
    """Raise RefusedError if the update would lose something that no exception names, or if the preview failed."""
    with tempfile.TemporaryDirectory() as folder:
        failed = write_preview(deployment, Path(folder), readable=False, plan=plan)
        try:
            found = read_previews(Path(folder))
        except ConfigError:
            if not failed:
                raise
            found = ()  # the engine failed and left half a document: its own last line says why
    # An exception that nothing needs stops a pull request, but not an update: the run before may have stopped half-way,
    # after the step that needed it.
    problems = [problem for one in found for problem in refusals(replace(one.ruling, unused=()))]
    if problems:
        raise RefusedError(f"the guard refuses the update; {changed}", problems)
    if failed:
        hint = "Run the job again; if it stays, run `pulumi preview --save-plan plan.json` by hand"
        problem = Problem(path=f"pulumi preview -s {deployment.stack}", value="", allowed=failed, hint=hint)
        raise RefusedError(f"the engine's preview did not end well; {changed}", [problem])
