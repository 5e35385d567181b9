"""Makes a Python environment of locked packages: `python3 tools/environment.py FOLDER [LOCK FILE]`, no package needed.

The folder's name is keyed by the Python and the lock files, so packages of a finished one are never touched again: a
checkout that is newer than it may share it with one that is using it.  Only the command `stagecoach` is brought up to
date.  Two at once wait for each other; an interrupted one, and one whose Python is gone, is made anew.  An old Python
must be able to read this file, so that it can say what is needed.
"""

import fcntl
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

_REPOSITORY = Path(__file__).resolve().parent.parent
_RANGE = re.compile(r'^requires-python = ">=3\.(\d+),<3\.(\d+)"', re.MULTILINE)
_WIDTH = 100
_DEFAULT = "requirements/dev.txt"  # of the environment that .venv shows
_COMMAND = _REPOSITORY / "tools" / "stagecoach"


def main(folder: Path, lock_file: str = _DEFAULT) -> int:
    """0 when the environment is complete; 2 with a message when it can't be made."""
    refusal = refuse(sys.version_info[:2])
    if refusal:
        return _say(refusal)
    code = 0 if _is_whole(folder) else _make_alone(folder, lock_file)
    return code or (_add_command(folder) if lock_file == _DEFAULT else 0)


def _make_alone(folder: Path, lock_file: str) -> int:
    """Another process that makes the same one is waited for."""
    if shutil.which("git") is None:
        return _say("git is needed")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _is_whole(folder):  # another one made it meanwhile
            return 0
        return _make(folder, lock_file)


def promised() -> range:
    """The minors of Python 3 that pyproject.toml names; tomllib is too new to read it with."""
    found = _RANGE.search((_REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    if found is None:
        raise ValueError("pyproject.toml has no requires-python of the form >=3.X,<3.Y")
    return range(int(found.group(1)), int(found.group(2)))


def refuse(version: "tuple[int, ...]") -> str:
    """Why a Python of this major and minor will not do; empty where it will."""
    minors = promised()
    if version[0] == 3 and version[1] in minors:  # noqa: PLR2004  Python 3
        return ""
    return (
        f"Python 3.{minors[0]} to 3.{minors[-1]} is needed, {sys.executable} is {'.'.join(map(str, version))}: "
        f"install one and name it, for example make setup PYTHON3=python3.{minors[-1]}"
    )


def _is_whole(folder: Path) -> bool:
    """Finished, and its Python is there and still this one: an upgrade of the system may have replaced it."""
    if not (folder / ".complete").exists():
        return False
    try:
        answer = subprocess.run([str(folder / "bin" / "python"), "-V"], stdout=subprocess.PIPE, check=False)
    except OSError:
        return False
    return answer.stdout.decode().split()[1:] == [platform.python_version()]


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


def _add_command(folder: Path) -> int:
    """Copies tools/stagecoach into the environment, in one step: another checkout may be starting it."""
    target = folder / "bin" / _COMMAND.name
    try:
        if target.exists() and target.read_bytes() == _COMMAND.read_bytes():
            return 0
        part = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copy(str(_COMMAND), str(part))  # with its mode
        part.replace(target)
    except OSError as error:
        return _say(f"the command stagecoach can't be installed as {target}: {error.strerror}")
    return 0


def _say(message: str) -> int:
    sys.stderr.write(f"{message}{os.linesep}")
    return 2


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
