"""Modules that can't be compiled as they come: they lie trimmed beside a copy of the program's own module."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from infra.errors import Problem, StagecoachError


@dataclass(frozen=True, kw_only=True)
class Trimmed:
    """A module that the program's go.mod replaces with `./<folder>`: the real one without some of its packages.

    Go takes no overlay for files of its module cache ("Files beneath GOMODCACHE must not be replaced").

    Args:
        module: Its path.
        version: As the program's own dependency names it.
        sum: What go.sum would say of it; go.sum does not list modules that are replaced by a folder.
        folder: Its place beside the program's go.mod.
        left_out: Patterns of names that are not copied, wherever they are.
        stubs: Our files in place of packages that are left out: path in the program's module, path in the copy.
    """

    module: str
    version: str
    sum: str
    folder: str
    left_out: tuple[str, ...]
    stubs: tuple[tuple[str, str], ...]


def prepare(source: Path, target: Path, trimmed: Trimmed, go: Path, environment: dict[str, str]) -> Path:
    """A copy of the module `source` in the folder `target`, with the trimmed module in it; made once.

    Args:
        source: The program's module in the tree, which is not written to.
        target: A folder of the cache whose name changes with the inputs.
        trimmed: What to put beside it.
        go: The toolchain that downloads.
        environment: Of every Go command.

    Raises:
        StagecoachError: the module can't be downloaded, or is not the one that is pinned.
    """
    if target.exists():
        return target
    original = _download(trimmed, go, environment)
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(source, partial)
    copy = partial / trimmed.folder
    # copyfile: files of the module cache are read-only.
    ignore = shutil.ignore_patterns(*trimmed.left_out)
    shutil.copytree(original, copy, ignore=ignore, copy_function=shutil.copyfile)
    for folder in (copy, *copy.rglob("*")):
        if folder.is_dir():
            folder.chmod(0o755)
    for ours, theirs in trimmed.stubs:
        (copy / theirs).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / ours, copy / theirs)
    # No requirements of its own: the program's go.mod names what it imports.
    (copy / "go.mod").write_text(f"module {trimmed.module}\n\ngo 1.25.0\n")
    (copy / "go.sum").unlink(missing_ok=True)
    partial.rename(target)
    return target


def _download(trimmed: Trimmed, go: Path, environment: dict[str, str]) -> Path:
    name = f"{trimmed.module}@{trimmed.version}"
    command = [str(go), "mod", "download", "-json", name]
    # Outside of the module, whose go.mod names a folder that is not there yet.
    done = subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout) if done.stdout.startswith("{") else {}
    if done.returncode or found.get("Error"):
        text = found.get("Error") or done.stderr.strip()
        raise _failed(name, f"it can't be downloaded: {text}", "Fix the connection and run the command again")
    if found.get("Sum") != trimmed.sum:
        hint = "Don't build it: the proxy serves something else than what was checked"
        raise _failed(name, f"its sum is {found.get('Sum')}, not {trimmed.sum}", hint)
    return Path(found["Dir"])


def _failed(name: str, allowed: str, hint: str) -> StagecoachError:
    return StagecoachError(
        f"{name} can't be prepared", [Problem(path="module", value=name, allowed=allowed, hint=hint)]
    )
