"""`python -m infra` in this process: a new one takes most of a second before it reads its first argument."""

import contextlib
import io
import os
import subprocess
from pathlib import Path
from unittest import mock

from infra.cli.app import run

REPOSITORY = Path(__file__).resolve().parents[2]

_WIDE = "140"


def infra(*arguments, folder=REPOSITORY, text="", environment=None):
    """What subprocess.run says of a command; `environment` is all that it sees but for a width, without it everything.

    A traceback fails the test: whatever is not an exit is raised here.
    """
    # Wide, so that a table's row is a line, unless a test says how wide: pytest's workers inherit 80 from readline.
    seen = {**os.environ, "COLUMNS": _WIDE} if environment is None else {"COLUMNS": _WIDE, **environment}
    given, out, err = (io.TextIOWrapper(io.BytesIO(start), encoding="utf-8") for start in (text.encode(), b"", b""))
    with (
        contextlib.chdir(folder),
        mock.patch.dict(os.environ, seen, clear=True),
        mock.patch("sys.argv", ["infra", *map(str, arguments)]),
        mock.patch("sys.stdin", given),
        mock.patch("typer.rich_utils.FORCE_TERMINAL", None),  # found in the environment when it was imported
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = _exit_code()
    return subprocess.CompletedProcess(arguments, code, stdout=_text(out), stderr=_text(err))


def _exit_code():
    try:
        run()
    except SystemExit as ended:
        return ended.code or 0
    return 0


def _text(stream):
    stream.flush()
    return stream.buffer.getvalue().decode()
