"""kubectl against the stack's cluster."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from infra.errors import ConfigError, Problem, RefusedError, StagecoachError

_SECONDS = 60


class Kubectl:
    """Commands with one kubeconfig."""

    def __init__(self, kubeconfig: Path | None) -> None:
        self.program = _program()
        self.options = [f"--kubeconfig={kubeconfig}"] if kubeconfig else []

    def read(self, *arguments: str, stdin: str | None = None) -> str:
        """What it prints.

        Raises:
            RefusedError: it failed; the message has its last line.
        """
        command = [self.program, *self.options, *arguments]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, timeout=_SECONDS)
        if done.returncode:
            said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
            problem = Problem(
                path="kubectl",
                value=" ".join(arguments),
                allowed=f"it says: {said}",
                hint="See that the stack is up and that this machine may reach its port 6443 (admin_cidrs)",
            )
            raise RefusedError("the cluster refused", [problem])
        return done.stdout

    def object(self, *arguments: str) -> dict[str, Any]:
        """One object, by kind and name."""
        found: dict[str, Any] = json.loads(self.read("get", *arguments, "--output=json"))
        return found

    def lines(self, *arguments: str) -> Iterator[str]:
        """What it prints, line by line as it comes."""
        command = [self.program, *self.options, *arguments]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as child:
            try:
                yield from child.stdout or ()
            finally:
                child.kill()


@contextmanager
def kubeconfig_of(stack: str) -> Iterator[Path]:
    """The stack's own kubeconfig in a file that only its owner reads, gone afterwards.

    Raises:
        RefusedError: pulumi does not give it.
    """
    pulumi = shutil.which("pulumi")
    command = [pulumi or "pulumi", "stack", "output", "kubeconfig", "--show-secrets", "--stack", stack]
    done = (
        subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS, stdin=subprocess.DEVNULL)
        if pulumi
        else None
    )
    if done is None or done.returncode:
        said = (done.stderr.strip().splitlines() or ["nothing"])[-1] if done else "it is not on PATH"
        problem = Problem(path="pulumi", value="", allowed=said, hint="Log in, or name a file with --kubeconfig")
        raise RefusedError(f"no kubeconfig of stack {stack}", [problem])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "kubeconfig")
        path.touch(mode=0o600)
        path.write_text(done.stdout)
        yield path


def require_kubeconfig(path: Path) -> None:
    """Before the cluster is asked: what kubectl says of such a file sounds like the cluster's fault.

    Raises:
        ConfigError: it can't be read, or is no kubeconfig.
    """
    try:
        content = yaml.safe_load(path.read_text())
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        said = (error.strerror if isinstance(error, OSError) else None) or " ".join(str(error).split())
    else:
        if isinstance(content, dict) and content.get("clusters"):
            return
        said = "a mapping with `clusters:`"
    hint = "Write it with `pulumi stack output kubeconfig --show-secrets`, or name the stack with --stack"
    raise ConfigError("this is no kubeconfig", [Problem(path=str(path), value="", allowed=said, hint=hint)])


def _program() -> str:
    beside = Path(sys.executable).with_name("kubectl")  # of the development environment
    found = shutil.which("kubectl") or (str(beside) if os.access(beside, os.X_OK) else None)
    if found is None:
        problem = Problem(
            path="kubectl", value="", allowed="on PATH", hint="Install it: kubernetes.io/docs/tasks/tools"
        )
        raise StagecoachError("kubectl is missing", [problem])
    return found
