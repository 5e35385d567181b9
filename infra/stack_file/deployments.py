"""`deployments.yaml`: which stack each running deployment lives in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from infra.errors import ConfigError, Problem
from infra.names import stack_path

FILE = "deployments.yaml"
_NAME = "stagecoach:name"
_HINT = "Write one line for each deployment: its stagecoach:name, a colon and its stack, for example `shop: stage1`"


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One running deployment and the stack that it is to live in."""

    name: str
    stack: str
    previous: str  # the stack at the base; another one than `stack` is a move by rename
    candidates: tuple[str, ...]  # every stack whose file is of this deployment: one of them holds the state

    @property
    def moves(self) -> bool:
        """Whether this change carries it to another stack."""
        return self.stack != self.previous


def stack_name(path: str) -> str:
    """The stack of a stack file."""
    return Path(path).name.removeprefix("Pulumi.").removesuffix(".yaml")


def read_deployments(folder: Path, before: str) -> tuple[Deployment, ...]:
    """From the folder's deployments.yaml and stack files; `before` is the text of deployments.yaml at the base.

    Raises:
        ConfigError: the file cannot be used, or names a stack without a file or with another deployment's.
    """
    path = folder / FILE
    now = parse_deployments(_text(path)) if path.exists() else {}
    names = _names(folder)
    problems = [
        _problem(f"{name}: {stack}", f"a stack whose file {stack_path(stack)} says `{_NAME}: {name}`")
        for name, stack in now.items()
        if names.get(stack) != name
    ]
    if problems:
        raise ConfigError(f"{FILE} cannot be used", problems)
    old = parse_deployments(before)
    return tuple(
        Deployment(
            name=name,
            stack=stack,
            previous=old.get(name, stack),
            candidates=tuple(sorted({stack, old.get(name, stack), *(one for one in names if names[one] == name)})),
        )
        for name, stack in sorted(now.items())
    )


def parse_deployments(text: str) -> dict[str, str]:
    """Deployment to stack; a file without entries is an empty mapping.

    Raises:
        ConfigError: it is not YAML or not a mapping from names to names, or two deployments share a stack.
    """
    try:
        content = yaml.safe_load(text) or {}
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"{FILE} is not YAML", [_problem("", " ".join(str(error).split()))]) from None
    if not isinstance(content, dict) or not all(isinstance(one, str) for pair in content.items() for one in pair):
        raise ConfigError(f"{FILE} cannot be used", [_problem("", "a mapping from deployments to stacks")])
    twice = sorted({stack for stack in content.values() if list(content.values()).count(stack) > 1})
    if twice:
        raise ConfigError(f"{FILE} cannot be used", [_problem(one, "one deployment a stack") for one in twice])
    return content


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{FILE} cannot be read", [_problem("", f"a text file: {error}")]) from None


def _names(folder: Path) -> Mapping[str, str]:
    """Stack to deployment, from the stack files; one that cannot be read has none, and says so elsewhere."""
    found = {}
    for path in sorted(folder.glob("Pulumi.*.yaml")):
        try:
            found[stack_name(path.name)] = str(yaml.safe_load(path.read_text())["config"][_NAME])
        except (yaml.YAMLError, OSError, ValueError, RecursionError, KeyError, TypeError):
            continue
    return found


def _problem(value: str, allowed: str) -> Problem:
    return Problem(path=FILE, value=value, allowed=allowed, hint=_HINT)
