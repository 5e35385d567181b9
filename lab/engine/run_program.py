"""Runs one Pulumi program under the engine, as the vendor's exec shim does; started by the language host.

It reads from its input, as JSON, its environment and its folder.  With `--wait` it loads the SDKs of the stack first.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import runpy
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

import pulumi
import pulumi.runtime
from pulumi.runtime.settings import Settings, configure

BAIL = 32  # tells the host that the message was shown already
# The slowest imports of the stack; one that a project does not have is left out.
_SDKS = ("pulumi_kubernetes.apps.v1", "pulumi_kubernetes.core.v1", "pulumi_command.remote", "pydantic", "yaml")


def main() -> int:
    """Exit code 0, or BAIL after the error was logged to the engine."""
    if "--wait" in sys.argv[1:]:
        _load()
    text = sys.stdin.read()
    if not text:  # the host has ended
        return 0
    given: dict[str, Any] = json.loads(text)
    os.environ.clear()
    os.environ.update(given["environment"])
    os.chdir(given["folder"])
    run: dict[str, Any] = json.loads(os.environ["STAGECOACH_RUN"])
    program = Path(run["program"])
    sys.path.insert(0, str(program if program.is_dir() else program.parent))
    configure(
        Settings(
            monitor=run["monitor"],
            engine=run["engine"],
            project=run["project"],
            stack=run["stack"],
            parallel=run["parallel"],
            dry_run=run["dry_run"],
            organization=run["organization"],
            root_directory=run["root_directory"],
        ),
    )
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: _run(program)))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return _logged(loop)
    except Exception:  # noqa: BLE001  whatever the program raises is shown, not swallowed
        pulumi.log.error("Program failed with an unhandled exception:\n" + traceback.format_exc())
        return _logged(loop)
    return 0


def _load() -> None:
    for name in _SDKS:
        with suppress(ImportError):
            importlib.import_module(name)


def _run(program: Path) -> None:
    runpy.run_path(str(program), run_name="__main__")


def _logged(loop: asyncio.AbstractEventLoop) -> int:
    """Waits until the engine has taken the log lines."""
    pending = asyncio.all_tasks(loop)
    if pending:
        loop.run_until_complete(asyncio.wait(pending, timeout=5))
    return BAIL


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # gRPC's threads may outlive the program; nothing is left to do for them.
    os._exit(code)
