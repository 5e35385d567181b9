"""Define `python -m infra logs`."""

from __future__ import annotations

import os
import re
import sys
from typing import Annotated

import typer

from infra.cli.complete import parts
from infra.cli.options import refuse, whole_option, wrong
from infra.cli.run import Kubeconfig, Stack, say

_SINCE = re.compile(r"([1-9][0-9]{0,5}[smh])+")


def logs(  # noqa: PLR0913  one parameter for each option
    part: Annotated[
        str,
        typer.Argument(help="web, worker, worker-POOL, beat, postgres, broker, cache and so on.", autocompletion=parts),
    ],
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl+C, also with new pods.")] = False,
    tail: Annotated[int, whole_option("Lines of each container; -1: all.", least=-1, most=1_000_000)] = 100,
    since: Annotated[str, typer.Option(help="Only lines that are newer: 90s, 10m, 2h.")] = "",
    container: Annotated[str, typer.Option("--container", "-c", help="Only this container of the pods.")] = "",
    previous: Annotated[bool, typer.Option("--previous", help="Of the container before its last restart.")] = False,
    timestamps: Annotated[bool, typer.Option("--timestamps", help="With the time of each line.")] = False,
    stack: Stack = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Print the log of one part, over all of its pods with their names; needs the engine and the cluster."""
    from infra.operate.access import cluster_of  # noqa: PLC0415  `plan` is quick
    from infra.operate.follow import Follower  # noqa: PLC0415
    from infra.operate.leash import ended_by_signals  # noqa: PLC0415
    from infra.operate.logs import LogsAsked, print_logs  # noqa: PLC0415
    from infra.operate.parts import part_named  # noqa: PLC0415

    problems = []
    if since and not _SINCE.fullmatch(since):
        problems.append(wrong("--since", since, "a time such as 90s, 10m or 2h", "Write a number and its unit"))
    if follow and previous:
        problems.append(wrong("--previous", "", "its log is at its end", "Leave --follow out"))
    refuse(problems)
    asked = LogsAsked(tail=tail, since=since, container=container, previous=previous, timestamps=timestamps)
    try:
        with ended_by_signals(), cluster_of(stack, kubeconfig) as kubectl:
            found = part_named(kubectl, part)
            if follow:
                Follower(kubectl, found, asked, _write, say).run()
            else:
                print_logs(kubectl, found, asked, _write, say)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
    except BrokenPipeError:
        # The reader of the pipe has closed it, as `head` does. Python would complain when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
