"""The Pythons of this machine that the project promises to work on."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.waiting import patience
from tools.environment import promised


def pythons(minor):
    """Interpreters of 3.`minor` on this machine by version, one for each patch release."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    paths = [shutil.which(f"python3.{minor}"), "/usr/bin/python3", *root.glob(f"versions/3.{minor}.*/bin/python3")]
    found = {}
    for path in filter(None, paths):
        try:
            done = subprocess.run([path, "-V"], capture_output=True, text=True, check=False, timeout=patience(60))
        except OSError:
            continue
        if done.stdout.startswith(f"Python 3.{minor}."):
            found.setdefault(done.stdout.split()[1], path)
    return found


def every_promised():
    """None where each minor is there, else the ones that are missing."""
    missing = [f"Python 3.{minor}" for minor in promised() if not pythons(minor)]
    return f"missing: {', '.join(missing)}" if missing else None
