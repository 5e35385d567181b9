"""The Pulumi program's entry point."""

import pulumi

from infra.errors import StagecoachError
from infra.program.program import outputs_of_this_stack

try:
    for key, value in outputs_of_this_stack().items():
        pulumi.export(key, value)
except StagecoachError as error:
    raise pulumi.RunError(str(error)) from None
