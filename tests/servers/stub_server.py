"""A server to run scripts on: its folders lie below a temp folder, programs that would change a real one are stubs."""

import os
import subprocess

from tests.waiting import patience

# What scripts name with an absolute path; everything else in them runs as it stands.
_MOVED = ("/etc/", "/var/lib/stagecoach", "/usr/local/bin", "/root/")
_FOLDERS = ("tmp", "etc/systemd/system", "usr/local/bin", "var/lib")
_STUB = """#!/bin/bash
printf '%s\\n' "{name}${{*:+ $*}}" >>"$STUBS/calls"
{body}
"""
_HIDE = """command() {{ case "$2" in {names}) return 1 ;; *) builtin command "$@" ;; esac }}
"""


class StubServer:
    """Stubs write down how they were called; `root` is what the script takes for `/`."""

    def __init__(self, root):
        self.root = root
        self._stubs = root / "stubs"
        for folder in (
            self._stubs,
            root / "tmp",
            root / "etc/systemd/system",
            root / "usr/local/bin",
            root / "var/lib",
        ):
            folder.mkdir(parents=True)
        (root / "etc/fstab").touch()
        self._hidden = []
        self.forget()

    def stub(self, name, body=""):
        """A program by name; `body` is bash."""
        path = self._stubs / name
        path.write_text(_STUB.format(name=name, body=body))
        path.chmod(0o755)

    def hide(self, name):
        """A program that this server lacks, whatever this machine has."""
        self._hidden.append(name)

    def run(self, script, stdin="", **variables):
        """Runs a script's text."""
        for path in _MOVED:
            script = script.replace(path, f"{self.root}{path}")
        script = script.replace("[ -b ", "[ -e ")  # a device is a file here
        environment = {
            "PATH": f"{self._stubs}:{self.root}/usr/local/bin:{os.environ['PATH']}",
            "TMPDIR": str(self.root / "tmp"),
            "STUBS": str(self._stubs),
            "ROOT": str(self.root),
            **variables,
        }
        path = self.root / "tmp" / "script.sh"
        path.write_text(_HIDE.format(names="|".join(self._hidden)) + script if self._hidden else script)
        return subprocess.run(
            ["bash", path],
            input=stdin,
            env=environment,
            text=True,
            capture_output=True,
            check=False,
            timeout=patience(60),
        )

    @property
    def calls(self):
        """How stubs were called, in order."""
        return (self._stubs / "calls").read_text().splitlines()

    def forget(self):
        """Empties the list of calls."""
        (self._stubs / "calls").write_text("")
