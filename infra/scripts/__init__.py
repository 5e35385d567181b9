"""Shell scripts that run on servers, one file each, and the files that they write there."""

import shlex
from collections.abc import Mapping
from pathlib import Path

import pulumi

_FOLDER = Path(__file__).parent


def load(*names: str) -> str:
    """The text of a script, after those that it builds on; FileNotFoundError if there is none of that name."""
    return "\n".join((_FOLDER / name).read_text() for name in names)


def with_variables(script: str, variables: Mapping[str, pulumi.Input[str]]) -> pulumi.Output[str]:
    """The script behind its variables, none of them secret.

    They cannot go by the Command's `environment`: sshd accepts no variable that its AcceptEnv does not name, and the
    provider fails on the first that is refused.
    """
    return pulumi.Output.all(**variables).apply(
        lambda values: "".join(_export(name, values[name]) for name in variables) + script
    )


def _export(name: str, value: str) -> str:
    """One variable; a `$` in it is for whoever reads the file that it becomes, which shellcheck can't know."""
    meant = "# shellcheck disable=SC2016\n" if "$" in value or "`" in value else ""
    return f"{meant}export {name}={shlex.quote(value)}\n"
