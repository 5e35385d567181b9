"""The preview that the guard is asked about, and the exceptions of its stack file."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from infra.config.parse import parse_stack_file
from infra.errors import ConfigError, Problem
from infra.models.guard_config import GuardException
from infra.pull_requests.deployments import stack_path
from infra.pull_requests.engine_preview import EnginePreview, parse_preview

PROJECT = "stagecoach"
_URN_PARTS = 4  # urn, pulumi, stack, project and what follows
_STDIN = "-"


def read_preview(file: str) -> EnginePreview:
    """From a file, or from standard input where it is called `-`.

    Raises:
        ConfigError: it can't be read, is no preview, or is another project's.
    """
    source = "standard input" if file == _STDIN else file
    text = sys.stdin.read() if file == _STDIN else _text(file)
    preview = parse_preview(text, source)
    # A failed command may print an object without steps, and nothing in it would be found dangerous.
    if "steps" not in json.loads(text) and not preview.errors:
        raise _unreadable(source, "a preview with steps", "Write it with `pulumi preview --json > preview.json`")
    foreign = {_project(one.urn) for one in preview.steps} - {PROJECT}
    if foreign:
        name = ", ".join(sorted(foreign))
        raise _unreadable(source, f"a preview of project {PROJECT}, not of {name}", "Run it in this project's folder")
    return preview


def exceptions_of(preview: EnginePreview, stack_file: Path | None) -> tuple[GuardException, ...]:
    """From the named stack file, or from that of the preview's stack if it is here.

    Raises:
        ConfigError: the stack file cannot be used.
    """
    if stack_file is None:
        stacks = sorted({one.urn.split(":")[2] for one in preview.steps})
        found = [path for path in map(Path, map(stack_path, stacks)) if path.exists()]
        stack_file = found[0] if found else None
    return parse_stack_file(stack_file).guard_exceptions if stack_file else ()


def _text(file: str) -> str:
    try:
        return Path(file).read_text(errors="replace")
    except OSError as error:
        raise _unreadable(
            file, f"a file with a preview ({error.strerror})", "Name it, or - for standard input"
        ) from None


def _project(urn: str) -> str:
    """`urn:pulumi:STACK::PROJECT::TYPES::NAME`."""
    parts = urn.split("::")
    return parts[1] if len(parts) == _URN_PARTS else urn


def _unreadable(source: str, allowed: str, hint: str) -> ConfigError:
    return ConfigError("the guard can't read this", [Problem(path=source, value="", allowed=allowed, hint=hint)])
