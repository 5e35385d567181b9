"""The pages that are written, by file name."""

from __future__ import annotations

from pathlib import Path

from tools.reference.alerts import alerts_page
from tools.reference.catalog import catalog_page
from tools.reference.commands import commands_page
from tools.reference.environment import environment_page
from tools.reference.outputs import outputs_page
from tools.reference.pull_request import pull_request_page
from tools.reference.stack_file import stack_file_page
from tools.reference.stages import stages_page
from tools.reference.support import support_page
from tools.reference.tier_guide import tier_guide_page

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"


def pages() -> dict[str, str]:
    """Every page's text."""
    return {
        "stack-file.md": stack_file_page(),
        "stages.md": stages_page(),
        "catalog.md": catalog_page(),
        "commands.md": commands_page(),
        "environment.md": environment_page(),
        "outputs.md": outputs_page(),
        "alerts.md": alerts_page(),
        "support.md": support_page(),
        "pull-request.md": pull_request_page(),
        "tier-guide.md": tier_guide_page(),
    }
