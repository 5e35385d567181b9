"""Copies of the program that a test may change, and the command line in them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.waiting import patience

REPOSITORY = Path(__file__).resolve().parent.parent
_PROGRAM = ("__main__.py", "Pulumi.yaml")


def copy_program(folder, *stack_files):
    """The program and some of the stack files, without the lab and the tests."""
    for name in ("infra", "pod", "stacks"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (*_PROGRAM, *stack_files):
        shutil.copy(REPOSITORY / name, folder)
    return folder


def infra(folder, *words):
    """`python -m infra` in that folder, with nothing of this process's environment but the path."""
    return subprocess.run(
        [sys.executable, "-m", "infra", *words],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=patience(120),
    )
