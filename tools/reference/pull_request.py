"""docs/reference/pull-request.md: the comment that a pull request from stage 1 to stage 2 gets."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from infra.cli.sides import with_stage
from infra.delivery.comment import Findings, StackPreview, render_comment
from infra.delivery.marker import MARKER
from infra.delivery.stack_changes import StackChange
from infra.planner.plan_for import plan_for
from infra.stack_file.reader.parse import parse_stack_file
from infra.updates.changes.compare import compare
from infra.updates.guard.rules import rule
from infra.updates.preview.engine_preview import parse_preview
from tools.reference.markdown import page

REPOSITORY = Path(__file__).resolve().parents[2]
# The real engine's, of this very move (tests/engine/test_guard.py records it).
RECORDED = REPOSITORY / "tests" / "updates" / "guard" / "fixtures" / "tier-move.json"
STACK = "stage1"
READ = date(2026, 11, 30)  # warnings of ends of support come and go with the day; this page must not
_INTRO = f"""\
This is the comment that a pull request gets that changes `stagecoach:stage` from 1 to 2 in `Pulumi.{STACK}.yaml`, and \
nothing else. [Pull requests](../how-to/pull-requests.md) says how to set it up, and how to read it. \
`make preview` writes the same on any machine. The engine's part was recorded in the lab; in a real comment its own \
text is folded below it as well."""


def pull_request_page() -> str:
    """The page's text."""
    return page("The comment of a pull request", _INTRO, "---", comment().removeprefix(f"{MARKER}\n"))


def comment(today: date = READ) -> str:
    """Return the comment as the workflow writes it on the day `today`."""
    preview = parse_preview(RECORDED.read_text(), RECORDED.name)
    path = f"Pulumi.{STACK}.yaml"
    before = parse_stack_file(REPOSITORY / path)
    after = with_stage(before, 2, None)
    diff = compare(before, after, root_disk_gb=preview.root_disk_gb)
    change = StackChange(
        path=path,
        base_path=path,
        deployment=before.name,
        plan=plan_for(after, today=today),
        diff=diff,
        refused=diff.refused,
        error=None,
    )
    previews = (StackPreview(stack=STACK, preview=preview, ruling=rule(preview), text=""),)
    return render_comment(Findings(changes=(change,), program_changed=False, previews=previews, remarks=()))
