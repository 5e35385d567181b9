"""Builds a Go program once per set of inputs, with progress, safe to interrupt."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from infra.errors import Problem, StagecoachError
from lab.locks import cache_lock
from lab.paths import TOOLS, bin_dir, cache_root
from lab.toolchain.caches import go_cache, used_go_caches
from lab.toolchain.go import find_go
from lab.toolchain.prepare import prepare
from lab.toolchain.programs import Program

_DISK_FULL = re.compile(r"no space left on device", re.IGNORECASE)
_LAST_LINES = 12
_QUIET_PERCENT = 10  # where there is no terminal, one line per this many percent


def ensure(program: Program) -> Path:
    """The built program's path under `bin_dir()`; builds it when its inputs changed.

    Raises:
        StagecoachError: the build failed; the message has the compiler's last lines.
    """
    folder = program_folder(program)
    binary = folder / program.name
    if not binary.exists():
        with used_go_caches(), cache_lock(program.name):
            if not binary.exists():
                _build(program, folder)
    return _link(binary)


def program_folder(program: Program) -> Path:
    """Where it lies once it is built."""
    return cache_root() / "programs" / f"{program.name}-{_key(program)}"


def _key(program: Program) -> str:
    """Hash of all that decides the binary, so that a changed pin or flag never meets an old build."""
    digest = hashlib.sha256(repr((program, _flags(program))).encode())
    if program.trimmed or program.files:
        digest.update(repr((program.trimmed, program.files)).encode())
    module = TOOLS / program.module
    stubs = [module / ours for ours, _ in program.trimmed.stubs] if program.trimmed else []
    for path in sorted({*_inputs(module, program.package, tests=program.tests), *stubs}):
        digest.update(str(path.relative_to(module)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _inputs(module: Path, package: str, *, tests: bool) -> list[Path]:
    """The pins, our sources of the package, and what stands in for modules: another package's change builds nothing."""
    folders = [module / package] if package.startswith(".") else []
    pins = [path for path in (module / "go.mod", module / "go.sum") if path.exists()]
    folders += [path.parent for path in module.glob("*/go.mod")]
    own = [path for folder in folders for path in folder.rglob("*") if path.suffix in (".go", ".mod")]
    return sorted({*pins, *(path for path in own if tests or not path.name.endswith("_test.go"))})


def _build(program: Program, folder: Path) -> None:
    go = find_go()
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    target = ["-o", str(partial / program.name), program.package]
    module = _module(program, folder.name, go)
    lines = _run(program, [str(go), *_command(program), *_flags(program), *target], go, module)
    if lines is not None:
        shutil.rmtree(partial, ignore_errors=True)
        raise StagecoachError(f"building {program.name} failed", [_problem(program, lines)])
    if program.files:
        _keep_files(program, partial, go, module)
    partial.rename(folder)


def _module(program: Program, key: str, go: Path) -> Path:
    """The folder to build in: the tree's, or a copy beside Go's caches where a module must be trimmed first."""
    source = TOOLS / program.module
    if program.trimmed is None:
        return source
    return prepare(source, go_cache() / "prepared" / key, program.trimmed, go, _environment())


def _keep_files(program: Program, target: Path, go: Path, module: Path) -> None:
    """Copies what the program's module has beside its code: Go's caches go, the program's folder stays."""
    command = [str(go), "list", "-f", "{{.Module.Dir}}", program.package]
    done = subprocess.run(command, cwd=module, env=_environment(), capture_output=True, text=True, check=False)
    found = Path(done.stdout.strip() or "/nowhere")
    missing = [path for path, _ in program.files if not (found / path).exists()]
    if missing:
        lines = [*done.stderr.splitlines(), *(f"the module has no {path}" for path in missing)]
        raise StagecoachError(f"building {program.name} failed", [_problem(program, lines)])
    for path, name in program.files:
        shutil.copyfile(found / path, target / name)


def _command(program: Program) -> tuple[str, ...]:
    return ("test", "-c") if program.tests else ("build", "-v")


def _flags(program: Program) -> list[str]:
    """No debugging information: the linker would drop it, but the compiler need not make it either."""
    linker = f"-s -w {program.ldflags}".strip()
    return ["-trimpath", "-gcflags=all=-dwarf=false", "-ldflags", linker, *_tags(program)]


def _tags(program: Program) -> list[str]:
    return ["-tags", program.tags] if program.tags else []


def _environment() -> dict[str, str]:
    own = {
        "CGO_ENABLED": "0",
        "GOMODCACHE": str(go_cache() / "mod"),
        "GOCACHE": str(go_cache() / "build"),
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "-buildvcs=false -mod=readonly",
        # The compiler collects its garbage less often: a seventh less work for a quarter more memory.
        "GOGC": "400",
    }
    return {**os.environ, **own}


def _total(program: Program, go: Path, module: Path) -> int:
    """How many packages the build has; downloads the modules when they are missing."""
    command = [str(go), "list", *_tags(program), "-deps", "-f", "{{if not .Standard}}x{{end}}", program.package]
    done = subprocess.run(command, cwd=module, env=_environment(), capture_output=True, text=True, check=False)
    return done.stdout.count("x")


def _run(program: Program, command: list[str], go: Path, module: Path) -> list[str] | None:
    """Runs the build with progress; None on success, else the last lines of its output."""
    with _Meter(program.name) as meter:
        meter.say("downloading modules")
        meter.start(max(_total(program, go, module), 1))
        return _follow(command, module, meter)


class _Meter:
    """A progress bar on a terminal; elsewhere a line for every tenth of the work."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.total = 1
        console = Console(stderr=True)
        self.terminal = console.is_terminal
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*columns, console=console, disable=not self.terminal)
        self.task = self.progress.add_task(name, total=None)

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.progress.stop()

    def say(self, what: str) -> None:
        self.progress.update(self.task, description=f"{self.name}: {what}")
        if not self.terminal:
            sys.stderr.write(f"{self.name}: {what}\n")

    def start(self, total: int) -> None:
        self.total = total
        self.progress.update(self.task, total=total)
        self.say(f"building {total} packages (minutes, once)")

    def count(self, done: int) -> None:
        self.progress.update(self.task, completed=min(done, self.total))
        step = max(self.total * _QUIET_PERCENT // 100, 1)
        if not self.terminal and done % step == 0 and done <= self.total:
            sys.stderr.write(f"{self.name}: {min(100, 100 * done // self.total)} %\n")


def _follow(command: list[str], module: Path, meter: _Meter) -> list[str] | None:
    child = subprocess.Popen(
        command, cwd=module, env=_environment(), stderr=subprocess.PIPE, text=True, errors="replace"
    )
    lines: list[str] = []
    try:
        for count, line in enumerate(child.stderr or (), start=1):
            lines.append(line.rstrip())
            meter.count(count)
    except BaseException:
        child.kill()
        child.wait()
        raise
    return lines[-_LAST_LINES:] if child.wait() else None


def _problem(program: Program, lines: list[str]) -> Problem:
    text = "\n    ".join(lines)
    hint = "Free some space (about 7 GB are needed)" if _DISK_FULL.search(text) else "Mend it and run the command again"
    return Problem(
        path=f"tools/{program.module}",
        value=program.package,
        allowed=f"the build's last lines are\n    {text}",
        hint=hint,
    )


def _link(binary: Path) -> Path:
    link = bin_dir() / binary.name
    if link.is_symlink() and link.resolve() == binary.resolve():
        return link
    link.parent.mkdir(parents=True, exist_ok=True)
    temporary = link.with_name(f".{link.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(binary)
    temporary.replace(link)
    return link
