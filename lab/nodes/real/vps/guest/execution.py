"""What a service's file says about how its programs are run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from lab.nodes.real.vps.guest.units import Unit, command

_LIMITS = {"LimitNOFILE": "-n", "LimitNPROC": "-p", "LimitCORE": "-c", "LimitMEMLOCK": "-l", "LimitSTACK": "-s"}
_CLEAN_SIGNALS = (1, 2, 13, 15)  # HUP, INT, PIPE, TERM: systemd.service, SuccessExitStatus=


def environment(unit: Unit) -> dict[str, str]:
    """The variables of `Environment` and `EnvironmentFile`.

    Raises:
        OSError: a file that is not marked as optional can't be read.
    """
    pairs = [word for value in unit.values("Service", "Environment") for word in shlex.split(value)]
    for name in unit.values("Service", "EnvironmentFile"):
        path = Path(name.lstrip("-"))
        if name.startswith("-") and not path.exists():
            continue
        lines = [line.strip() for line in path.read_text().splitlines()]
        pairs += [shlex.split(line)[0] for line in lines if line and line[0] not in "#;"]
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def limits(unit: Unit) -> list[str]:
    """Arguments for `ulimit`."""
    found = []
    for key, flag in _LIMITS.items():
        value = unit.last("Service", key).split(":")[-1]
        if value:
            found.append(f"{flag} {'unlimited' if value == 'infinity' else value}")
    return found


def expand(line: str, variables: dict[str, str]) -> tuple[bool, list[str]]:
    """A command's words with variables in place: `$NAME` alone becomes words, `${NAME}` part of one."""
    ignored, words = command(line)
    expanded: list[str] = []
    for word in words:
        alone = re.fullmatch(r"\$(\w+)", word)
        if alone:
            expanded += variables.get(alone[1], "").split()
        else:
            expanded.append(re.sub(r"\$\{(\w+)\}", lambda found: variables.get(found[1], ""), word))
    return ignored, expanded


def clean(code: int) -> bool:
    """Whether an end counts as success: 0, or one of the signals by which services are ended."""
    return code == 0 or -code in _CLEAN_SIGNALS


def how_it_ended(code: int) -> str:
    """As systemd writes it."""
    return f"code=killed, status={-code}" if code < 0 else f"code=exited, status={code}"
