"""Keep commands over SSH from passing on the output of their last run.

pulumi-command passes it to sshd as PULUMI_COMMAND_STDOUT. sshd accepts no such variable, so every second and later run
of a command would end with a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pulumi

COMMAND = "command:remote:Command"
_FLAG, _OUTPUT = "add_previous_output_in_env", "addPreviousOutputInEnv"


def loud_commands(resources: Mapping[str, Any]) -> dict[str, str]:
    """Return the scripts, by logical name, of a state's commands that still pass their last output on.

    An earlier version of the program made those commands.

    Args:
        resources: the state's resources by URN, each with its type and outputs.
    """
    made = {
        urn.rpartition("::")[2]: one.get("outputs") or {} for urn, one in resources.items() if one["type"] == COMMAND
    }
    return {name: str(outputs.get("create", "")) for name, outputs in made.items() if outputs.get(_OUTPUT) is not False}


def quiet(
    loud: Mapping[str, str],
) -> Callable[[pulumi.ResourceTransformationArgs], pulumi.ResourceTransformationResult | None]:
    """Return a transformation that stops every command from passing its last output on.

    The provider counts the new input as a change and would run the script. So a command of an earlier program gets the
    input only when its script runs for another reason.

    Args:
        loud: the commands of an earlier program, as `loud_commands` returns them.
    """

    def transformation(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if args.type_ != COMMAND:
            return None
        offers = _unless_it_runs(args.props["create"], loud[args.name]) if args.name in loud else False
        return pulumi.ResourceTransformationResult(props={**args.props, _FLAG: offers}, opts=args.opts)

    return transformation


def _unless_it_runs(script: pulumi.Input[str], before: str) -> pulumi.Output[bool | None]:
    """Return False if the script changed, so that it runs anyway; None, which leaves the input out, if it did not."""
    return pulumi.Output.from_input(script).apply(lambda text: None if text == before else False)
