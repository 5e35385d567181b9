"""Read the preview that the guard judges, and the exceptions in its stack file."""

from __future__ import annotations

import sys
from pathlib import Path

from infra.errors import ConfigError, Problem
from infra.names import stack_path
from infra.stack_file.guard_config import GuardException
from infra.stack_file.reader.parse import parse_stack_file
from infra.updates.preview.engine_preview import EnginePreview, parse_preview

PROJECT = "stagecoach"
_STDIN = "-"


def read_preview(file: str) -> EnginePreview:
    """Read a preview from a file, or from standard input if the file is called `-`.

    Raises:
        ConfigError: the file can't be read, is not a preview, or belongs to another project.
    """
    source = "standard input" if file == _STDIN else file
    # sys.stdin.read() would end in a traceback on bytes that are not UTF-8.
    text = sys.stdin.buffer.read().decode(errors="replace") if file == _STDIN else _text(file)
    return own_preview(text, source)


def own_preview(text: str, source: str) -> EnginePreview:
    """Parse the output of `pulumi preview --json`.

    Args:
        text: the command's standard output.
        source: the name that messages give it.

    Raises:
        ConfigError: the text is not a preview, or belongs to another project.
    """
    preview = parse_preview(text, source)
    # A command that failed may print an object without steps. The guard would find nothing dangerous in it.
    if not preview.has_steps and not preview.errors:
        raise _unreadable(source, "a preview with steps", "Write it with `pulumi preview --json > preview.json`")
    foreign = {one.project for one in preview.origins} - {PROJECT}
    if foreign:
        name = ", ".join(sorted(foreign))
        raise _unreadable(source, f"a preview of project {PROJECT}, not of {name}", "Run it in this project's folder")
    return preview


def exceptions_of(preview: EnginePreview, stack_file: Path | None) -> tuple[GuardException, ...]:
    """Return the exceptions in the named stack file, or in the file of the preview's stack if it exists here.

    Raises:
        ConfigError: the stack file cannot be used.
    """
    if stack_file is None:
        paths = [Path(stack_path(one.stack)) for one in preview.origins]
        stack_file = next((path for path in paths if path.exists()), None)
    return parse_stack_file(stack_file).guard_exceptions if stack_file else ()


def _text(file: str) -> str:
    try:
        return Path(file).read_text(errors="replace")
    except (OSError, ValueError) as error:  # a file name with a NUL raises ValueError
        said = getattr(error, "strerror", None) or error
        raise _unreadable(file, f"a file with a preview ({said})", "Name it, or - for standard input") from None


def _unreadable(source: str, allowed: str, hint: str) -> ConfigError:
    return ConfigError("the guard can't read this", [Problem(path=source, value="", allowed=allowed, hint=hint)])
