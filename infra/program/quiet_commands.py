"""Commands over SSH that keep the last run's output to themselves.

pulumi-command offers it to sshd as PULUMI_COMMAND_STDOUT, sshd takes no such variable, and every run of a command that
ran before ends with a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pulumi

COMMAND = "command:remote:Command"
_FLAG, _OUTPUT = "add_previous_output_in_env", "addPreviousOutputInEnv"


def loud_commands(resources: Mapping[str, Any]) -> dict[str, str]:
    """Scripts, by logical name, of commands in a state that still offer their output: an earlier program made them.

    Args:
        resources: The state's resources by URN, each with its type and outputs.
    """
    made = {
        urn.rpartition("::")[2]: one.get("outputs") or {} for urn, one in resources.items() if one["type"] == COMMAND
    }
    return {name: str(outputs.get("create", "")) for name, outputs in made.items() if outputs.get(_OUTPUT) is not False}


def quiet(
    loud: Mapping[str, str],
) -> Callable[[pulumi.ResourceTransformationArgs], pulumi.ResourceTransformationResult | None]:
    """A transformation: every command keeps its output back.

    The provider takes the new input for a change and would run the script: a command of an earlier program gets it
    when its script runs for a reason of its own.

    Args:
        loud: As `loud_commands` reads it.
    """

    def transformation(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if args.type_ != COMMAND:
            return None
        offers = _unless_it_runs(args.props["create"], loud[args.name]) if args.name in loud else False
        return pulumi.ResourceTransformationResult(props={**args.props, _FLAG: offers}, opts=args.opts)

    return transformation


def _unless_it_runs(script: pulumi.Input[str], before: str) -> pulumi.Output[bool | None]:
    """False where the script is another one now; None, which is no input at all, where it is the same."""
    return pulumi.Output.from_input(script).apply(lambda text: None if text == before else False)
