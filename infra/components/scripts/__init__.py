"""Shell scripts that run on servers, one file each."""

import shlex
from collections.abc import Mapping
from pathlib import Path

import pulumi


def load(*names: str) -> str:
    """The text of a script, after those that it builds on; FileNotFoundError if there is none of that name."""
    return "\n".join(Path(__file__).with_name(name).read_text() for name in names)


def with_variables(script: str, variables: Mapping[str, pulumi.Input[str]]) -> pulumi.Output[str]:
    """The script behind its variables, none of them secret.

    They cannot go by the Command's `environment`: sshd accepts no variable that its AcceptEnv does not name, and the
    provider fails on the first that is refused.
    """
    return pulumi.Output.all(**variables).apply(
        lambda values: "".join(f"export {name}={shlex.quote(values[name])}\n" for name in variables) + script
    )
