"""The folder that `pulumi` runs in: copies of the stack files, links to the program."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from infra.errors import Problem, StagecoachError
from lab.paths import REPOSITORY

_LINKED = ("__main__.py", "infra", "pod", "stacks")


class Workspace:
    """A project folder of the lab's own, so that the checkout stays clean."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "workspace"
        # `pulumi stack rename` overwrites the target's stack file: it runs where there is none (ADR 0006).
        self.rename_folder = root / "rename"

    def prepare(self, virtualenv: Path) -> None:
        """Links the program and copies Pulumi.yaml."""
        for folder in (self.folder, self.rename_folder):
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(REPOSITORY / "Pulumi.yaml", folder / "Pulumi.yaml")
        for name in _LINKED:
            _link(self.folder / name, REPOSITORY / name)
        _link(self.folder / ".venv", virtualenv)

    def stack_config(self, stack: str) -> dict[str, Any]:
        """The values of the repository's `Pulumi.<stack>.yaml`.

        Raises:
            StagecoachError: the repository has no such stack file.
        """
        config: dict[str, Any] = _stack_file(stack).get("config", {})
        return config

    def write_stack(self, stack: str, overrides: dict[str, Any], *, copy: str | None = None) -> Path:
        """Copies `Pulumi.<stack>.yaml`, as `copy`'s file if named, with other values, None for none; keeps the salt.

        Raises:
            StagecoachError: the repository has no such stack file.
        """
        content = _stack_file(stack)
        values = {**content.get("config", {}), **overrides}
        content["config"] = {key: value for key, value in values.items() if value is not None}
        target = self.folder / f"Pulumi.{copy or stack}.yaml"
        if target.exists():
            old: dict[str, Any] = yaml.safe_load(target.read_text()) or {}
            content.update({key: value for key, value in old.items() if key.startswith("encryption")})
        target.write_text(yaml.safe_dump(content, sort_keys=False))
        return target


def _stack_file(stack: str) -> dict[str, Any]:
    source = REPOSITORY / f"Pulumi.{stack}.yaml"
    if not source.exists():
        names = ", ".join(sorted(path.name.split(".")[1] for path in REPOSITORY.glob("Pulumi.*.yaml")))
        problem = Problem(
            path="STACK", value=stack, allowed=f"one of {names}", hint=f"Add {source.name} or name one of these"
        )
        raise StagecoachError("no such stack file", [problem])
    return yaml.safe_load(source.read_text()) or {}


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.resolve() == target.resolve():
        return
    link.unlink(missing_ok=True)
    link.symlink_to(target)
