"""Load the shell scripts that run on servers, one file each, and the files that they write there."""

import shlex
from collections.abc import Mapping
from pathlib import Path

import pulumi

_FOLDER = Path(__file__).parent


def load(*names: str) -> str:
    """Return the text of a script, preceded by the scripts that it builds on.

    Args:
        names: file names in this folder, in the order in which the server is to run them.

    Raises:
        FileNotFoundError: this folder has no script of that name.
    """
    return "\n".join((_FOLDER / name).read_text() for name in names)


def with_variables(script: str, variables: Mapping[str, pulumi.Input[str]]) -> pulumi.Output[str]:
    """Return the script with an `export` line for each variable in front of it.

    The Command's own `environment` does not work: sshd accepts only the variables that its AcceptEnv names, and the
    provider fails on the first one that sshd refuses.

    Args:
        script: the script's text.
        variables: values by variable name. None may be secret: the state holds the script in plain text.
    """
    return pulumi.Output.all(**variables).apply(
        lambda values: "".join(_export(name, values[name]) for name in variables) + script
    )


def _export(name: str, value: str) -> str:
    """Return one export line.

    A `$` in a value is meant for the program that reads the file that the script writes. shellcheck can't know that, so
    its warning is switched off for that line.
    """
    meant = "# shellcheck disable=SC2016\n" if "$" in value or "`" in value else ""
    return f"{meant}export {name}={shlex.quote(value)}\n"
