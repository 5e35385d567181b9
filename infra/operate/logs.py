"""Print the log of one part, from all of its pods."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.errors import Problem, RefusedError
from infra.operate.kubectl import Kubectl
from infra.operate.parts import Part

Write = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class LogsAsked:
    """Say which lines of a part's log to print."""

    tail: int = 100  # lines of each container
    since: str = ""  # as kubectl takes it: 10m, 2h
    container: str = ""  # empty: all containers of a pod
    previous: bool = False  # the log of the container before its last restart
    timestamps: bool = False


@dataclass(frozen=True, kw_only=True)
class Stream:
    """Name one container of one pod; the label has both names if the pod has several containers."""

    pod: str
    container: str
    label: str


def print_logs(kubectl: Kubectl, part: Part, asked: LogsAsked, write: Write, say: Write) -> None:
    """Print the last lines of all pods in the order of their times, each with its pod's name.

    Args:
        kubectl: the stack's cluster.
        part: the part whose pods are read.
        asked: the lines to print.
        write: is called with each line.
        say: is told which pods have no log.

    Raises:
        RefusedError: the part has no pods or no such container, or the cluster does not answer.
    """
    pods = kubectl.items(*part.pods)
    if not pods:
        raise _nothing(part, "it has no pods just now")
    rows: list[tuple[str, str, str]] = []
    for stream in require_streams(part, pods, asked):
        try:
            text = kubectl.read(*arguments(part, stream, asked), *first_lines(asked))
        except RefusedError as error:
            say(f"{stream.label}: {error.problems[0].allowed}")
            continue
        rows += [(*split(line), stream.label) for line in text.removesuffix("\n").split("\n") if line]
    for stamp, words, label in sorted(rows, key=lambda row: row[0]):
        write(shown(label, stamp, words, asked))


def streams(pods: Iterable[Mapping[str, Any]], asked: LogsAsked) -> Iterator[Stream]:
    """Yield the containers whose log to print."""
    for pod in sorted(pods, key=lambda one: str(one["metadata"]["name"])):
        name, containers = str(pod["metadata"]["name"]), [str(one["name"]) for one in pod["spec"]["containers"]]
        for one in containers:
            if asked.container in ("", one):
                yield Stream(pod=name, container=one, label=f"{name} {one}" if len(containers) > 1 else name)


def require_streams(part: Part, pods: list[dict[str, Any]], asked: LogsAsked) -> list[Stream]:
    """Return the same containers as `streams`, but at least one.

    Raises:
        RefusedError: no pod has the container that was asked for.
    """
    found = list(streams(pods, asked))
    if not found:
        names = sorted({str(one["name"]) for pod in pods for one in pod["spec"]["containers"]})
        raise _nothing(part, f"it has no container {asked.container}, only {', '.join(names)}")
    return found


def arguments(part: Part, stream: Stream, asked: LogsAsked) -> tuple[str, ...]:
    """Return kubectl's arguments for one container; the timestamps are needed to sort lines."""
    options = [f"--namespace={part.namespace}", f"--container={stream.container}", "--timestamps"]
    return "logs", stream.pod, *options, *(["--previous"] if asked.previous else [])


def split(line: str) -> tuple[str, str]:
    """Split a line into the time that the kubelet put before it, and the app's own line."""
    stamp, _, words = line.rstrip("\r\n").partition(" ")
    return stamp, words


def shown(label: str, stamp: str, words: str, asked: LogsAsked) -> str:
    """Return one line as it is printed."""
    return f"{label} | {stamp} {words}" if asked.timestamps else f"{label} | {words}"


def first_lines(asked: LogsAsked) -> tuple[str, ...]:
    """Return kubectl's arguments for how far back the log goes."""
    return f"--tail={asked.tail}", *([f"--since={asked.since}"] if asked.since else [])


def _nothing(part: Part, said: str) -> RefusedError:
    problem = Problem(path=part.shown, value="", allowed=said, hint="`kubectl get pods -A` shows what runs")
    return RefusedError("there is no such log", [problem])
