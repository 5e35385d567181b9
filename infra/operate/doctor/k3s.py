"""Check the installed k3s if the stack file names no version: its end of support depends on what is installed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from infra.operate.doctor.check import Check, missing, ok, warning
from infra.planner.against_past import k3s_step
from infra.stack_file.stack_config import StackConfig
from infra.support.running import k3s_warning


def k3s_checks(config: StackConfig, outputs: Mapping[str, Any], today: date) -> Iterator[Check]:
    """Yield one check; none if the stack has no k3s yet, or if the stack file names another version that is allowed.

    Args:
        config: the stack file.
        outputs: the stack's outputs.
        today: the day that the end of support is compared with.
    """
    release = str(outputs.get("k3s_version") or "")
    for problem in k3s_step(config.k3s.version, release):
        yield missing("k3s", f"{problem.value} is refused: {problem.allowed}", problem.hint)
    if not release or config.k3s.version not in (None, release):
        return
    line = k3s_warning(release, today)
    if line is None:
        yield ok("k3s", release)
    elif config.k3s.version is None:  # otherwise the stack file's own check has said it
        found, _, mend = line.partition(". ")
        yield warning("k3s", f"{release}: {found}", mend)
