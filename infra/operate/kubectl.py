"""kubectl against the stack's cluster."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.errors import Problem, RefusedError, StagecoachError

_SECONDS = 60
_REACH = "See that the stack is up and that this machine may reach its port 6443 (admin_cidrs)"
_BY_HAND = "docs/how-to/operate.md has what else it may be"
# What kubectl says, and what to do about it; of the rest, what has one of these words is about the way to the cluster.
_UNREACHED = re.compile(
    r"connect|no answer|time[d ]?out|refused|no route|network is|no such host|EOF|TLS|x509|certificate"
)
_HINTS = {
    'pods "run" already exists': "Somebody else's command has begun just before: wait until it has ended",
    "Unauthorized": "The kubeconfig may have expired: see docs/how-to/renew-kubeconfig.md",
    "certificate has expired": "See docs/how-to/renew-kubeconfig.md",
    "exceeded quota": "Another pod has the room just now: an update, a migration or a job of yours. Try again later",
}


class Kubectl:
    """Commands with one kubeconfig."""

    def __init__(self, kubeconfig: Path | None) -> None:
        self.program = _program()
        self.options = [f"--kubeconfig={kubeconfig}"] if kubeconfig else []
        self._children: set[subprocess.Popen[bytes]] = set()

    def command(self, *arguments: str) -> list[str]:
        """The whole command line."""
        return [self.program, *self.options, *arguments]

    def read(self, *arguments: str, stdin: str | None = None, seconds: float = _SECONDS) -> str:
        """What it prints.  Ctrl+C reaches this program alone: it may be deleting what must not stay.

        Args:
            arguments: Behind the kubeconfig.
            stdin: What it reads.
            seconds: How long it may take.

        Raises:
            RefusedError: it failed or took too long; the message has its last line.
        """
        try:
            done = subprocess.run(
                self.command(*arguments),
                input=None if stdin is None else stdin.encode(),
                stdin=subprocess.DEVNULL if stdin is None else None,
                capture_output=True,
                check=False,
                timeout=seconds,
                start_new_session=True,
            )
        except subprocess.TimeoutExpired:
            raise _refused(arguments, f"no answer within {seconds:g} s") from None
        if done.returncode:
            raise _refused(arguments, (_text(done.stderr).strip().splitlines() or ["nothing"])[-1])
        return _text(done.stdout)

    def object(self, *arguments: str) -> dict[str, Any]:
        """One object, by kind and name."""
        found: dict[str, Any] = json.loads(self.read("get", *arguments, "--output=json"))
        return found

    def found(self, *arguments: str) -> dict[str, Any] | None:
        """One object, or None where there is none."""
        text = self.read("get", *arguments, "--ignore-not-found", "--output=json")
        return json.loads(text) if text.strip() else None

    def items(self, *arguments: str) -> list[dict[str, Any]]:
        """The objects of a list."""
        return list(self.object(*arguments).get("items", ()))

    def lines(self, *arguments: str) -> Iterator[str]:
        """What it prints, line by line as it comes."""
        with subprocess.Popen(self.command(*arguments), stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as child:
            self._children.add(child)
            try:
                yield from map(_text, child.stdout or ())
            finally:
                self._children.discard(child)
                child.kill()

    def close(self) -> None:
        """Ends what still runs in another thread."""
        for child in tuple(self._children):
            child.kill()


def _text(output: bytes) -> str:
    """Line ends stay as they are: a carriage return is a part of an app's line, and ends none."""
    return output.decode(errors="replace")


def _refused(arguments: tuple[str, ...], said: str) -> RefusedError:
    other = _REACH if _UNREACHED.search(said) else _BY_HAND
    hint = next((hint for words, hint in _HINTS.items() if words in said), other)
    problem = Problem(path="kubectl", value=" ".join(arguments), allowed=f"it says: {said}", hint=hint)
    return RefusedError("the cluster refused", [problem])


def _program() -> str:
    beside = Path(sys.executable).with_name("kubectl")  # of the environment that `make setup` makes
    found = shutil.which("kubectl") or (str(beside) if os.access(beside, os.X_OK) else None)
    if found is None:
        hint = "`make setup` installs it beside Python; or see kubernetes.io/docs/tasks/tools"
        raise StagecoachError("kubectl is missing", [Problem(path="kubectl", value="", allowed="on PATH", hint=hint)])
    return found
