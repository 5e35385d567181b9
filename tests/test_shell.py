"""Every shell script of the repository passes shellcheck and parses under its own shell."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import patience

REPOSITORY = Path(__file__).resolve().parent.parent
FOLDERS = (".ci", "infra", "pod", "lab", "tools", "examples")
SCRIPTS = sorted(
    path.relative_to(REPOSITORY).as_posix()
    for folder in FOLDERS
    for path in (REPOSITORY / folder).rglob("*")
    if path.is_file() and (path.suffix == ".sh" or (path.read_bytes()[:2] == b"#!" and b"sh" in path.read_bytes()[:20]))
)


def test_scripts_are_found():
    """An empty list would check nothing."""
    assert {
        "infra/scripts/data_volume.sh",
        "pod/backup.sh",
        ".ci/run",
        "tools/stagecoach",
    } <= set(SCRIPTS)


@pytest.mark.parametrize("name", SCRIPTS)
def test_shellcheck(name):
    """The program comes with the Python environment, which need not be on PATH."""
    program = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run(
        [program, name], cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=patience(60)
    )
    assert done.returncode == 0, done.stdout
