"""The Pulumi CLI with the lab's own backend, home and provider server."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.errors import Problem, StagecoachError
from lab.engine.command_lock import command_lock, remove_stale_locks
from lab.paths import REPOSITORY, bin_dir
from lab.toolchain.build import ensure
from lab.toolchain.programs import PULUMI

_PROJECT = "stagecoach"  # the name in Pulumi.yaml
_CLUSTER = "PULUMI_K8S_"  # the Python SDK makes inputs of the provider of these
# Objects that exist already are adopted, and a list that the API server has completed since is no conflict.
_ADOPTING = {f"{_CLUSTER}UPSERT_EXISTING_OBJECTS": "true", f"{_CLUSTER}ENABLE_PATCH_FORCE": "true"}
_KILLED = (
    "an earlier command was killed: its lock is removed, and objects that it made in the cluster are adopted\n"
    f"({' '.join(f'{key}={value}' for key, value in _ADOPTING.items())}; "
    "docs/how-to/interrupted-update.md says how that is done on a real cloud)\n"
)
_HOST = """#!/bin/sh
# Written by the lab: the language host of the checkout that started it.
PYTHONPATH='{repository}' exec '{python}' -m lab.engine.language_host "$@"
"""


@dataclass(frozen=True, kw_only=True)
class PulumiCli:
    """Runs `pulumi` in one lab; `debug_providers` names the lab's provider server."""

    root: Path
    debug_providers: str

    @property
    def state(self) -> Path:
        """The file backend."""
        return self.root / "state"

    def environment(self) -> dict[str, str]:
        """What the CLI needs to stay on this machine and in this lab's folder."""
        self.state.mkdir(parents=True, exist_ok=True)
        program = engine_program(self.root)
        return {
            **{key: text for key, text in os.environ.items() if not key.startswith("PULUMI_") or _for_cluster(key)},
            "PATH": f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "PULUMI_HOME": str(self.root / "home"),
            # Else each file of the state has one beside it that is not written at once: cut off by a kill, the CLI
            # reads it as `error: EOF` and the stack can't be loaded any more.
            "PULUMI_BACKEND_URL": f"file://{self.state}?metadata=skip",
            "PULUMI_CONFIG_PASSPHRASE": _passphrase(self.root),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_DEBUG_PROVIDERS": self.debug_providers,
            # The emulated clouds take any token; the stack reads it as the real one's.
            "HCLOUD_TOKEN": "lab",
            "DIGITALOCEAN_TOKEN": "lab",
            "VULTR_API_KEY": "lab",
        }

    def run(self, *arguments: str, folder: Path) -> int:
        """The CLI's exit code; its output goes to this process's own.

        Raises:
            StagecoachError: another command runs in this lab.
        """
        with command_lock(self.root) as descriptor:
            environment = self.environment()
            if remove_stale_locks(self.state):
                sys.stdout.write(_KILLED)
                environment |= _ADOPTING
            sys.stdout.flush()
            child = subprocess.Popen(
                [str(engine_program(self.root)), *arguments],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                pass_fds=[descriptor],
                # A parent in a shell's background ignores SIGINT, and each child would inherit that.
                preexec_fn=_default_signals,  # noqa: PLW1509  no threads run yet in this process
            )
            try:
                return child.wait()
            except KeyboardInterrupt:
                # The terminal sent it to the CLI, too: it ends its update and writes its state.
                return child.wait()

    def read(self, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
        """The CLI's output as text."""
        return subprocess.run(
            [str(engine_program(self.root)), *arguments],
            cwd=folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    def stacks(self, folder: Path) -> list[str]:
        """Names of the stacks in the backend.

        Raises:
            StagecoachError: the CLI can't read the state; that is not a lab without a stack.
        """
        rows: list[dict[str, Any]] = json.loads(self._state("stack", "ls", "--json", folder=folder) or "[]")
        return sorted(row["name"].rsplit("/", 1)[-1] for row in rows)

    def state_files(self) -> list[Path]:
        """The file of each stack, as a `file://` backend keeps them."""
        return sorted((self.state / ".pulumi" / "stacks" / _PROJECT).glob("*.json"))

    def outputs(self, stack: str, folder: Path) -> dict[str, Any]:
        """The stack's outputs, secrets in clear text: for this machine's eyes only; none before an update ended.

        Raises:
            StagecoachError: the CLI can't read the state; that is not a stack without outputs.
        """
        arguments = ("stack", "output", "--json", "--show-secrets", "-s", stack)
        answer: dict[str, Any] = json.loads(self._state(*arguments, folder=folder))
        return answer

    def _state(self, *arguments: str, folder: Path) -> str:
        done = self.read(*arguments, folder=folder)
        if done.returncode:
            said, hint = done.stderr.strip() or f"exit code {done.returncode}", "See docs/how-to/interrupted-update.md"
            allowed = f"what `pulumi {' '.join(arguments[:2])}` can read"
            problem = Problem(path="state", value=str(self.state), allowed=allowed, hint=hint)
            raise StagecoachError(f"the lab's state can't be read: {said}", [problem])
        return done.stdout


def engine_program(root: Path) -> Path:
    """The `pulumi` to run: the vendor's with its language host, else the built one beside the lab's host."""
    vendor = shutil.which("pulumi")
    if (
        vendor
        and Path(vendor).resolve().with_name("pulumi-language-python").exists()
        and bin_dir() not in Path(vendor).parents
    ):
        return Path(vendor)
    folder = root / "bin"
    program = folder / "pulumi"
    built = ensure(PULUMI).resolve()
    if not (program.exists() and program.samefile(built)):
        folder.mkdir(parents=True, exist_ok=True)
        program.unlink(missing_ok=True)
        # A hard link: the engine looks for the language host beside its own real path.
        os.link(built, program)
    _write_host(folder / "pulumi-language-python")
    return program


def _write_host(path: Path) -> None:
    text = _HOST.format(repository=REPOSITORY, python=sys.executable)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
        path.chmod(0o755)


def _for_cluster(variable: str) -> bool:
    """What pages tell people to set for one run."""
    return variable.startswith(_CLUSTER)


def _passphrase(root: Path) -> str:
    path = root / "passphrase"
    if not path.exists():
        root.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(16))
    return path.read_text()


def _default_signals() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
