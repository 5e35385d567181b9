"""Define `python -m infra loadtest`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Self

import typer

from infra.cli.complete import stacks
from infra.cli.options import whole_option
from infra.errors import Problem, RefusedError


def loadtest(  # noqa: PLR0913  one parameter for each option
    *,
    stack: Annotated[
        str | None, typer.Option(help="The stack whose kubeconfig is asked of pulumi.", autocompletion=stacks)
    ] = None,
    kubeconfig: Annotated[Path | None, typer.Option(help="A kubeconfig file instead; default: kubectl's own.")] = None,
    count: Annotated[int, whole_option("How many tasks.", least=1, most=100_000)] = 1000,
    task: Annotated[
        str, typer.Option(help="A task that takes subject, message and recipient.")
    ] = "apps.notifications.tasks.send_email_task",
    queue: Annotated[str, typer.Option(help="The queue; default: the task's own.")] = "",
    recipient: Annotated[str, typer.Option(help="Who gets the e-mails: real ones, if the shop has a mail server.")] = (
        "test@example.com"
    ),
    seconds: Annotated[int, whole_option("How long the last task may take to end.", least=10, most=86_400)] = 600,
    json_output: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Queue the guide's 1000 e-mail tasks on a running stack, and say how its workers cope."""
    from infra.operate.access import cluster_of  # noqa: PLC0415
    from infra.operate.kubectl import Kubectl  # noqa: PLC0415
    from infra.operate.loadtest.pod import Load  # noqa: PLC0415  `plan` is quick
    from infra.operate.loadtest.run import run_loadtest  # noqa: PLC0415

    load = Load(count=count, task=task, queue=queue, recipient=recipient, seconds=seconds)
    asked = cluster_of(stack, kubeconfig) if stack or kubeconfig else nullcontext(Kubectl(None))
    with asked as kubectl, _Bar(count) as bar:
        result = run_loadtest(kubectl, load, bar.said)
    if json_output:
        sys.stdout.write(json.dumps(result.to_json(), indent=2) + "\n")
    else:
        sys.stdout.write(
            f"{result.done} of {result.queued} tasks in {result.seconds:.1f} s: {result.rate:.1f} tasks per second, "
            f"{result.run_mean * 1000:.0f} ms each\n"
            f"wait: p50 {result.wait_p50:.1f} s, p95 {result.wait_p95:.1f} s, longest {result.wait_max:.1f} s\n"
            f"failed: {result.failed}\n"
        )
    left = count - result.done
    if left or result.failed:
        hint = "See `kubectl -n app logs deployment/celery-worker`; the alerts' pages say what a backlog means"
        value = f"{left} left, {result.failed} failed"
        allowed = f"every task done within {seconds} s and none failed"
        raise RefusedError("not every task was done", [Problem(path="tasks", value=value, allowed=allowed, hint=hint)])


class _Bar:
    """Show a progress bar on a terminal, on standard error so that the result can be piped."""

    def __init__(self, total: int) -> None:
        from rich.console import Console  # noqa: PLC0415  see above
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*columns, console=console, disable=not console.is_terminal)
        self.task = self.progress.add_task("tasks done", total=total)

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.progress.stop()

    def said(self, progress: Mapping[str, int]) -> None:
        """Show the progress that the pod printed last."""
        self.progress.update(self.task, completed=progress["done"])
