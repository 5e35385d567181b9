"""Run the real program for a stack file, as for a new stack, so that one file always gives the same text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pulumi.runtime.mocks import MockResourceArgs

from infra.names import NAMESPACE
from infra.planner.plan_for import plan_for
from infra.preflight.bounds import Bounds
from infra.program.program import Past, deploy
from infra.render.files import rendered_files
from infra.render.mocks import Mocks, Place, run_under_mocks
from infra.render.stand_ins import stand_ins
from infra.sizing.sound import require_sound
from infra.stack_file.reader.required_secrets import present_secrets, require_secrets
from infra.stack_file.reader.secrecy import names_in
from infra.stack_file.stack_config import StackConfig


class _Named(Mocks):
    """Replace the engine's random suffix by a hash of the content: renderings then differ where pods would restart."""

    def autonamed(self, args: MockResourceArgs) -> str:
        """Return a name with eight hexadecimal digits, as many as the engine's."""
        text = json.dumps(dict(args.inputs), sort_keys=True, default=str)
        return f"{args.name}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def render_stack(config: StackConfig, values: Mapping[str, Any], stack: str) -> dict[str, str]:
    """Return every file's text by its path.

    Args:
        config: the stack file.
        values: the stack file's raw values; of its secrets, only names are used.
        stack: the stack's name.

    Raises:
        ConfigError: a secret is missing, or an override is wrong.
        RefusedError: the plan does not fit or breaks a contract.
    """
    require_secrets(config, present_secrets(values), names_in(values.get(f"{NAMESPACE}:alerts_webhooks")))
    plan = plan_for(config)
    require_sound(plan)

    def program() -> None:
        deploy(config, stand_ins(config, values), plan, Past(bounds=Bounds()))

    return rendered_files(run_under_mocks(program, _Named(), Place(stack=stack)))
