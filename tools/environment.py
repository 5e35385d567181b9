"""Makes a Python environment of locked packages: `python3 tools/environment.py FOLDER [LOCK FILE]`, no package needed.

The folder's name is keyed by the lock files, so a finished one is never touched again: a checkout that is newer than it
may share it with one that is using it.  Two at once wait for each other; an interrupted one is made anew.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

_REPOSITORY = Path(__file__).resolve().parent.parent
_OLDEST = (3, 11)
_WIDTH = 100


def main(folder: Path, lock_file: str = "requirements-dev.txt") -> int:
    """0 when the environment is complete; 2 with a message when it can't be made."""
    if (folder / ".complete").exists():
        return 0
    if sys.version_info < _OLDEST:
        return _say(f"Python {'.'.join(map(str, _OLDEST))} or newer is needed, this is {sys.version.split()[0]}")
    if shutil.which("git") is None:
        return _say("git is needed")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / ".complete").exists():  # another one made it meanwhile
            return 0
        return _make(folder, lock_file)


def _make(folder: Path, lock_file: str) -> int:
    started = time.monotonic()
    sys.stdout.write(f"installing the Python packages into {folder} (a minute or two, once)\n")
    if subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=False).returncode:
        return _say("venv could not make it; where the module is missing: apt-get install python3-venv (Debian)")
    command = ["-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", "-r", lock_file]
    command += ["--cache-dir", str(folder.parent / "pip")]  # the one folder, not the home directory
    program = [str(folder / "bin" / "python"), *command]
    with subprocess.Popen(program, cwd=_REPOSITORY, stdout=subprocess.PIPE, text=True) as child:
        for line in child.stdout or ():
            if line.startswith(("Collecting", "Installing")):
                sys.stdout.write(f"{line.rstrip()[:_WIDTH]}\n")
                sys.stdout.flush()
    if child.returncode:
        return _say("pip could not install the packages; its message stands above. Run make again when it is mended")
    (folder / ".complete").touch()
    sys.stdout.write(f"Python packages: {time.monotonic() - started:.0f} s\n")
    return 0


def _say(message: str) -> int:
    sys.stderr.write(f"{message}{os.linesep}")
    return 2


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
