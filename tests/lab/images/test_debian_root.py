"""The command that makes the root file system."""

from pathlib import Path

from lab.images.debian_root import command
from lab.images.machine import Machine


def test_the_command():
    machine = Machine(apt=Path("/m/apt"), pip=Path("/m/pip"))
    words = command(machine, "http://mirror.example/debian", Path("/out/root.tar"))
    assert words[0] == "mmdebstrap"
    assert words[-3:] == ["trixie", "/out/root.tar", "deb http://mirror.example/debian trixie main"]
    assert "--dpkgopt=path-exclude=/usr/share/doc/*" in words
    assert "--aptopt=/m/apt/options" in words


def test_the_mirror_of_this_machine_does_not_stay():
    hooks = command(Machine(apt=Path("/a"), pip=Path("/p")), "http://mirror.example", Path("/o"))
    forget = [hook for hook in hooks if hook.startswith("--customize-hook=rm -rf") and "sources.list" in hook]
    public = [hook for hook in hooks if "deb.debian.org" in hook]
    assert hooks.index(forget[0]) < hooks.index(public[0])
