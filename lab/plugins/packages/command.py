"""The `command` package: scripts for servers are checked, kept, and given to whatever runs them."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
import uuid
from pathlib import Path

from lab.machines import Scripts
from lab.plugins.diffing import Diff, compare
from lab.plugins.package import Call, Package, PluginError
from lab.plugins.values import UNKNOWN, Properties

_TOKEN = "command:remote:Command"  # noqa: S105  a type's name
_CHECK_SECONDS = 30
_LAST_OUTPUT = {"PULUMI_COMMAND_STDOUT": "stdout", "PULUMI_COMMAND_STDERR": "stderr"}
_ACCEPT_ENV = "This only works if your SSH server is configured to accept these variables via AcceptEnv"


class CommandPackage(Package):
    """remote.Command on the lab's servers."""

    name = "command"

    def __init__(self, root: Path, scripts: Scripts) -> None:
        self.folder = root / "servers"
        self.scripts = scripts
        self._checked: set[str] = set()
        self._lock = threading.Lock()

    def check(self, call: Call) -> Properties:
        """Only remote.Command; a script that bash or shellcheck refuses ends here."""
        if call.type != _TOKEN:
            raise PluginError(f"the lab does not play {call.type}")
        if call.inputs.get("environment"):
            raise PluginError("sshd accepts no variables (AcceptEnv): put `export NAME=value` before the script")
        for key in ("create", "update", "delete"):
            script = call.inputs.get(key)
            if script and script != UNKNOWN:
                self._check_script(key, script)
        return call.inputs

    def diff(self, call: Call) -> Diff:
        """`triggers` replaces (the provider's schema), everything else runs `update` or `create` again."""
        return compare(call.old_inputs, call.inputs, replacing=("triggers",), ignored=call.ignored)

    def create(self, call: Call) -> tuple[str, Properties]:
        """Plays the `create` script."""
        if call.preview:
            return "", {**call.inputs, "stdout": UNKNOWN, "stderr": UNKNOWN}
        return f"cmd-{uuid.uuid4().hex[:12]}", self._run(call, "create", call.inputs)

    def update(self, call: Call) -> Properties:
        """Plays `update`, or `create` where there is none, as the provider does."""
        if call.preview:
            return {**call.inputs, "stdout": UNKNOWN, "stderr": UNKNOWN}
        self._offer_last_output(call, call.inputs)
        return self._run(call, "update" if call.inputs.get("update") else "create", call.inputs)

    def read(self, call: Call) -> tuple[str, Properties, Properties]:
        """Nothing outside the state."""
        return call.id, call.olds, call.old_inputs

    def delete(self, call: Call) -> None:
        """Plays `delete` if there is one."""
        if call.olds.get("delete"):
            self._offer_last_output(call, call.olds)
            self._run(call, "delete", call.olds)

    def secret_outputs(self, _type: str) -> frozenset[str]:
        """Where a script prints a secret, the program says so by additional_secret_outputs."""
        return frozenset()

    def _run(self, call: Call, which: str, inputs: Properties) -> Properties:
        connection, script = inputs["connection"], str(inputs[which])
        self._keep(call.name, which, self.scripts.address(connection), script)
        return {**inputs, "stdout": self.scripts.run(connection, script, inputs.get("stdin")), "stderr": ""}

    def _offer_last_output(self, call: Call, inputs: Properties) -> None:
        """Offers the last run's output as variables, as pulumi-command does by default; sshd refuses, and it warns.

        Source: provider/pkg/provider/remote/commandController.go, `run`.
        """
        if inputs.get("addPreviousOutputInEnv") is False:
            return
        for variable, output in _LAST_OUTPUT.items():
            if call.olds.get(output):
                self.warn(call, f"Unable to set '{variable}'. {_ACCEPT_ENV}")

    def _keep(self, name: str, which: str, host: str, script: str) -> None:
        """For reading; what comes by stdin may be secret and is not kept."""
        folder = self.folder / host
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.{which}.sh").write_text(script)

    def _check_script(self, key: str, script: str) -> None:
        digest = hashlib.sha256(script.encode()).hexdigest()
        with self._lock:
            if digest in self._checked:
                return
        # shellcheck comes with the Python environment, which need not be on PATH.
        shellcheck = str(Path(sys.executable).with_name("shellcheck"))
        commands = [["bash", "-n", "-"], [shellcheck, "--shell=bash", "-"]]
        for command in commands:
            done = subprocess.run(
                command, input=script, capture_output=True, text=True, check=False, timeout=_CHECK_SECONDS
            )
            if done.returncode:
                raise PluginError(f"{command[0]} refuses the `{key}` script:\n{done.stdout}{done.stderr}")
        with self._lock:
            self._checked.add(digest)
