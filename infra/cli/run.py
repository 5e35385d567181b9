"""Define `python -m infra run`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from infra.cli.complete import stacks
from infra.cli.options import whole_option

Stack = Annotated[
    str | None,
    typer.Option("--stack", "-s", help="The stack; default: the one that is selected.", autocompletion=stacks),
]
Kubeconfig = Annotated[Path | None, typer.Option(help="A kubeconfig file, in place of asking pulumi for the stack's.")]
Seconds = Annotated[
    int, whole_option("Time limit in seconds; the pod ends then, whatever it does.", least=30, most=86_400)
]
_INTERRUPTED = 130  # a shell's own exit code for Ctrl+C


def run(
    command: Annotated[list[str], typer.Argument(help="Program and arguments, as in the image.")],
    *,
    stack: Stack = None,
    kubeconfig: Kubeconfig = None,
    seconds: Seconds = 3600,
) -> None:
    """Run one command in a pod of the app's image with its variables; needs the engine and the cluster."""
    run_in_pod(command, stack, kubeconfig, seconds)


def run_in_pod(command: Sequence[str], stack: str | None, kubeconfig: Path | None, seconds: int) -> None:
    """Run a command in a pod of the app, and end this program with the command's exit code.

    Args:
        command: program and arguments.
        stack: a stack's name; None: the selected stack.
        kubeconfig: a file to use; None: ask the engine.
        seconds: the time limit.
    """
    from infra.operate.access import cluster_of  # noqa: PLC0415  `plan` is quick
    from infra.operate.leash import ended_by_signals  # noqa: PLC0415
    from infra.operate.run import run_command  # noqa: PLC0415

    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    try:
        with ended_by_signals(), cluster_of(stack, kubeconfig) as kubectl:
            code = run_command(kubectl, command, seconds, say, terminal=terminal)
    except KeyboardInterrupt:
        code = _INTERRUPTED
    raise typer.Exit(code)


def say(words: str) -> None:
    """Print a message for the person on standard error; standard output belongs to the command."""
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()
