"""Read `deployments.yaml`, which maps each running deployment to its stack."""

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
    """A deployment is assigned to one stack, and may be moving there from another."""

    name: str
    stack: str
    previous: str  # the stack before this change; if it differs from `stack`, the deployment moves
    candidates: tuple[str, ...]  # every stack whose file names this deployment; one of them holds the state

    @property
    def moves(self) -> bool:
        """Return whether this change moves the deployment to another stack."""
        return self.stack != self.previous


def stack_name(path: str) -> str:
    """Return the name of the stack to which a stack file belongs.

    Args:
        path: The file's name or path, for example `Pulumi.stage1.yaml`.
    """
    return Path(path).name.removeprefix("Pulumi.").removesuffix(".yaml")


def read_deployments(folder: Path, before: str) -> tuple[Deployment, ...]:
    """Read a folder's deployments.yaml and stack files.

    Args:
        folder: The folder with the files.
        before: The text of deployments.yaml before the change.

    Raises:
        ConfigError: The file is invalid, or names a stack that has no file or whose file names another deployment.
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
    """Parse the text of deployments.yaml into stacks by deployment.

    Args:
        text: The text; without entries the result is empty.

    Raises:
        ConfigError: The text is not YAML, not a mapping from names to names, or two deployments share a stack.
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
    """Return deployments by stack; a stack file that cannot be read is skipped, because its own reader reports it."""
    found = {}
    for path in sorted(folder.glob("Pulumi.*.yaml")):
        try:
            found[stack_name(path.name)] = str(yaml.safe_load(path.read_text())["config"][_NAME])
        except (yaml.YAMLError, OSError, ValueError, RecursionError, KeyError, TypeError):
            continue
    return found


def _problem(value: str, allowed: str) -> Problem:
    return Problem(path=FILE, value=value, allowed=allowed, hint=_HINT)
