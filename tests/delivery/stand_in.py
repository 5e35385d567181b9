"""A program of the test's own in the place of `pulumi`."""

import os
import sys


def put_first(folder, monkeypatch, text):
    """Makes `pulumi` of a script, whose first line names its interpreter as `{python}`, and puts it first on PATH."""
    program = folder / "bin" / "pulumi"
    program.parent.mkdir()
    program.write_text(text.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
