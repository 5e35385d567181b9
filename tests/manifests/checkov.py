"""checkov in an environment of its own: `python -m tests.manifests.checkov` installs it, once for each lock file."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from lab.paths import cache_root
from tests.waiting import patience

REPOSITORY = Path(__file__).resolve().parents[2]
LOCK_FILE = "requirements/checkov.txt"
_SECONDS = 300


def environment() -> Path:
    """Keyed by the Python and the lock file."""
    digest = hashlib.sha256((REPOSITORY / LOCK_FILE).read_bytes()).hexdigest()[:12]
    return cache_root() / f"checkov-{platform.python_version()}-{digest}"


def install() -> int:
    """0 when checkov can run; shows what it installs."""
    command = [sys.executable, "tools/environment.py", str(environment()), LOCK_FILE]
    return subprocess.run(command, cwd=REPOSITORY, check=False).returncode


def failures(manifests: dict[str, dict[str, Any]], folder: Path) -> set[tuple[str, str]]:
    """(check, object) of everything that checkov's Kubernetes checks find wrong; nothing is asked of the network."""
    for name, manifest in manifests.items():
        # An autonamed object has its name from the engine; checkov takes none without.
        named = {**manifest, "metadata": {"name": name, **manifest["metadata"]}}
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(named))
    options = ["--framework", "kubernetes", "-o", "json", "--quiet", "--compact", "--skip-download"]
    # It keeps grammars in the temporary folder and when it last asked for a newer version in the home directory.
    with tempfile.TemporaryDirectory() as kept:
        done = subprocess.run(
            [str(environment() / "bin" / "checkov"), "-d", str(folder), *options],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=patience(_SECONDS),
            cwd=folder,
            env={**os.environ, "HOME": kept, "TMPDIR": kept},
        )
    answer = json.loads(done.stdout)
    if answer["summary"]["parsing_errors"] or answer["summary"]["resource_count"] < len(manifests):
        raise AssertionError(f"checkov did not read every object: {answer['summary']} {done.stderr[-500:]}")
    return {(one["check_id"], one["resource"]) for one in answer["results"]["failed_checks"]}


if __name__ == "__main__":
    sys.exit(install())
