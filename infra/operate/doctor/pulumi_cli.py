"""Ask the Pulumi CLI questions that change nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

_SECONDS = 30  # a backend that takes longer would fail in an update, too


class PulumiCli:
    """Run the `pulumi` on PATH; `program` is None if there is none."""

    def __init__(self) -> None:
        self.program = shutil.which("pulumi")

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Return a command's exit code, its output, and the last line of its error output."""
        if self.program is None:
            return 127, "", "there is no pulumi on PATH"
        command = [self.program, *arguments, "--non-interactive", "--color", "never"]
        environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
        try:
            done = subprocess.run(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return 124, "", f"no answer within {_SECONDS} s"
        except OSError as error:
            return 126, "", error.strerror or str(error)
        said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        return done.returncode, done.stdout, said[-1].removeprefix("error: ") if said else "it says nothing"

    def json(self, *arguments: str) -> tuple[Any, str]:
        """Return a command's answer; or None, and the reason."""
        code, output, said = self.run(*arguments)
        if code:
            return None, said
        try:
            return json.loads(output), ""
        except ValueError:
            return None, "its answer is no JSON"

    def language_host(self) -> Path | None:
        """Find the Python language host where the engine looks: beside its own real path, then on PATH."""
        name = "pulumi-language-python"
        beside = Path(self.program).resolve().with_name(name) if self.program else None
        if beside and os.access(beside, os.X_OK):
            return beside
        found = shutil.which(name)
        return Path(found) if found else None
