"""Run kubectl against the stack's cluster."""

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
# These words in a message of kubectl mean that the cluster can't be reached. `_HINTS` has hints for other messages.
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
    """Run commands with one kubeconfig."""

    def __init__(self, kubeconfig: Path | None) -> None:
        self.program = _program()
        self.options = [f"--kubeconfig={kubeconfig}"] if kubeconfig else []
        self._children: set[subprocess.Popen[bytes]] = set()

    def command(self, *arguments: str) -> list[str]:
        """Return the whole command line."""
        return [self.program, *self.options, *arguments]

    def read(self, *arguments: str, stdin: str | None = None, seconds: float = _SECONDS) -> str:
        """Run a command and return its output; Ctrl+C does not reach it.

        Only this program gets Ctrl+C: the command may be deleting a pod that must not stay.

        Args:
            arguments: the arguments after the kubeconfig.
            stdin: the text on its standard input; None: empty.
            seconds: the longest time that it may take.

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
        """Return one object, by kind and name."""
        found: dict[str, Any] = json.loads(self.read("get", *arguments, "--output=json"))
        return found

    def found(self, *arguments: str) -> dict[str, Any] | None:
        """Return one object; None if it does not exist."""
        text = self.read("get", *arguments, "--ignore-not-found", "--output=json")
        return json.loads(text) if text.strip() else None

    def items(self, *arguments: str) -> list[dict[str, Any]]:
        """Return the objects of a list."""
        return list(self.object(*arguments).get("items", ()))

    def lines(self, *arguments: str) -> Iterator[str]:
        """Yield a command's output line by line, as it comes."""
        with subprocess.Popen(self.command(*arguments), stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as child:
            self._children.add(child)
            try:
                yield from map(_text, child.stdout or ())
            finally:
                self._children.discard(child)
                child.kill()

    def close(self) -> None:
        """End the commands that still run in other threads."""
        for child in tuple(self._children):
            child.kill()


def _text(output: bytes) -> str:
    """Decode output without changing line ends: a carriage return is part of an app's line and does not end it."""
    return output.decode(errors="replace")


def _refused(arguments: tuple[str, ...], said: str) -> RefusedError:
    other = _REACH if _UNREACHED.search(said) else _BY_HAND
    hint = next((hint for words, hint in _HINTS.items() if words in said), other)
    problem = Problem(path="kubectl", value=" ".join(arguments), allowed=f"it says: {said}", hint=hint)
    return RefusedError("the cluster refused", [problem])


def _program() -> str:
    beside = Path(sys.executable).with_name("kubectl")  # kubectl in the environment that `make setup` makes
    found = shutil.which("kubectl") or (str(beside) if os.access(beside, os.X_OK) else None)
    if found is None:
        hint = "`make setup` installs it beside Python; or see kubernetes.io/docs/tasks/tools"
        raise StagecoachError("kubectl is missing", [Problem(path="kubectl", value="", allowed="on PATH", hint=hint)])
    return found
