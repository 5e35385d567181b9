"""Write a rendering into a folder, without touching files that no rendering has written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.errors import ConfigError, Problem, RefusedError

MARKER = "rendered.json"


def require_ours(folder: Path, *, force: bool) -> None:
    """Check the folder before anything is rendered.

    Args:
        folder: the folder to write into; it need not exist.
        force: True allows a folder with other files.

    Raises:
        ConfigError: the path is a file.
        RefusedError: the folder has files, but no marker of an earlier rendering.
    """
    if folder.exists() and not folder.is_dir():
        raise ConfigError("nothing is written", [_problem(folder, "a folder, not a file", "Name a folder")])
    if force or not folder.exists() or _marker(folder) is not None or not any(folder.iterdir()):
        return
    allowed = f"an empty folder, or one that has {MARKER} of an earlier rendering"
    hint = "Name another folder, or write between its files with --force; none of them is deleted"
    raise RefusedError("nothing is written", [_problem(folder, allowed, hint)])


def write_folder(folder: Path, files: Mapping[str, str], about: Mapping[str, Any]) -> list[str]:
    """Write every file and the marker, and delete files that only the last rendering had.

    Args:
        folder: the folder to write into.
        files: the texts by path.
        about: values for the marker, which also lists the files.

    Returns:
        The paths of the deleted files.

    Raises:
        ConfigError: the folder can't be written.
    """
    before = _marker(folder) or []
    gone = [name for name in before if name not in files and _is_inside(folder, name)]
    try:
        for name, text in {**files, MARKER: json.dumps({**about, "files": list(files)}, indent=2) + "\n"}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        for name in gone:
            (folder / name).unlink(missing_ok=True)
            _remove_empty(folder, (folder / name).parent)
    except OSError as error:
        hint = "Name a folder that you may write to"
        raise ConfigError(
            "the folder can't be written", [_problem(folder, f"{error.strerror}: {error.filename}", hint)]
        ) from None
    return gone


def _marker(folder: Path) -> list[str] | None:
    """Return the files of the last rendering; None if there was none."""
    try:
        content = json.loads((folder / MARKER).read_text())
    except (OSError, ValueError):
        return None
    files = content.get("files") if isinstance(content, dict) else None
    return files if isinstance(files, list) and all(isinstance(name, str) for name in files) else None


def _is_inside(folder: Path, name: str) -> bool:
    """Return whether a path stays inside the folder: an edited marker must not delete anything else."""
    return (folder / name).resolve().is_relative_to(folder.resolve())


def _remove_empty(folder: Path, parent: Path) -> None:
    while parent != folder and parent.is_dir() and not any(parent.iterdir()):
        parent.rmdir()
        parent = parent.parent


def _problem(folder: Path, allowed: str, hint: str) -> Problem:
    return Problem(path="--to", value=str(folder), allowed=allowed, hint=hint)
