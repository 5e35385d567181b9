"""Define `python -m infra restart`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli.complete import parts
from infra.cli.options import whole_option
from infra.cli.run import Kubeconfig, Stack, say
from infra.errors import Problem, RefusedError

if TYPE_CHECKING:
    from infra.operate.parts import Part

_INTERRUPTED = 130  # a shell's own exit code for Ctrl+C


def restart(
    part: Annotated[
        str,
        typer.Argument(help="web, worker, worker-POOL, beat, postgres, broker, cache and so on.", autocompletion=parts),
    ],
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Restart a part that is down meanwhile, unasked.")] = False,
    seconds: Annotated[
        int, whole_option("How long to wait, besides the grace of the old pods.", least=10, most=86_400)
    ] = 900,
    stack: Stack = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Replace the pods of one part as a rollout does, and wait for it; needs the engine and the cluster."""
    from infra.operate.access import cluster_of  # noqa: PLC0415  `plan` is quick
    from infra.operate.leash import ended_by_signals  # noqa: PLC0415
    from infra.operate.parts import part_named  # noqa: PLC0415
    from infra.operate.restart import downtime_of, require_restartable  # noqa: PLC0415
    from infra.operate.restart import restart as roll  # noqa: PLC0415

    try:
        with ended_by_signals(), cluster_of(stack, kubeconfig) as kubectl:
            found = part_named(kubectl, part)
            require_restartable(found)
            if downtime_of(found) and not yes:
                _confirm(found, downtime_of(found))
            roll(kubectl, found, seconds, say)
    except KeyboardInterrupt:
        say("a rollout that has begun goes on in the cluster")
        raise typer.Exit(_INTERRUPTED) from None
    sys.stdout.write(f"{found.shown} is restarted\n")


def _confirm(part: Part, downtime: str) -> None:
    if sys.stdin.isatty():
        sys.stderr.write(f"{part.shown}: {downtime}.\nRestart it? [y/N] ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() in ("y", "yes"):
            return
        said, hint = "not confirmed", "Nothing was restarted"
    else:
        said, hint = downtime, "Nothing was restarted; --yes restarts it all the same"
    problem = Problem(path=part.shown, value="", allowed=said, hint=hint)
    raise RefusedError("the restart needs a confirmation", [problem])
