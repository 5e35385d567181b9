"""What running programs keep from being removed."""

import shutil
import subprocess

import pytest

from lab.in_use import InUse
from tests.waiting import wait


@pytest.fixture
def sleeper(tmp_path):
    """A program of its own folder that runs, seen under another name as a server sees it."""
    program = tmp_path / "programs" / "sleeper-1" / "sleeper"
    program.parent.mkdir(parents=True)
    shutil.copy(shutil.which("sleep"), program)
    (tmp_path / "elsewhere").hardlink_to(program)
    with subprocess.Popen([tmp_path / "elsewhere", "60"]) as child:
        yield program
        child.kill()


def test_a_program_that_runs(sleeper, tmp_path):
    other = tmp_path / "programs" / "sleeper-2"
    other.mkdir()
    shutil.copy(sleeper, other / "sleeper")
    in_use = InUse()
    assert in_use.runs(sleeper.parent)
    assert not in_use.runs(other)
    assert not in_use.names(sleeper.parent)


def test_a_folder_on_a_command_line(tmp_path):
    """As an environment that is being made."""
    folder = tmp_path / "venv-1"
    with subprocess.Popen(["sh", "-c", "sleep 60; true", str(folder)]) as child:
        wait(lambda: InUse().names(folder), "the command line is not there at once")
        assert not InUse().names(tmp_path / "venv")
        child.kill()
    assert not InUse().names(folder)


def test_a_file_that_is_mapped(tmp_path):
    """As an environment's libraries."""
    process = tmp_path / "proc" / "7"
    process.mkdir(parents=True)
    (process / "cmdline").write_text("python3\0-m\0lab\0")
    (process / "maps").write_text(
        "7f00-7f01 r--p 00000000 fd:00 1234                       /cache/venv-1/lib/one file.so\n"
        "7f01-7f02 rw-p 00000000 00:00 0 \n"
    )
    (process / "exe").symlink_to("/bin/sh")
    (tmp_path / "proc" / "8").mkdir()  # one that ended meanwhile
    in_use = InUse(tmp_path / "proc")
    assert in_use.names(type(tmp_path)("/cache/venv-1"))
    assert not in_use.names(type(tmp_path)("/cache/venv-2"))
