"""What is published has no secret in it, and is not too long."""

import pytest

from infra.delivery.comment import Findings, StackPreview
from infra.delivery.publish import published
from infra.delivery.stack_changes import StackChange
from infra.errors import ConfigError, Problem
from infra.report.markdown import LIMIT
from infra.updates.guard.rules import rule
from infra.updates.preview.engine_preview import parse_preview
from tests.updates.preview.previews import document, step


def findings(text):
    said = [{"severity": "error", "message": f"login failed: {text}"}]
    preview = parse_preview(document(step("update", "a:b/c:D", text, paths=[text]), diagnostics=said), "x")
    error = ConfigError(text, [Problem(path=text, value=text, allowed=text, hint=text)])
    change = StackChange(
        path="Pulumi.x.yaml", base_path=None, deployment=None, plan=None, diff=None, refused=(text,), error=error
    )
    shown = StackPreview(stack="x", preview=preview, ruling=rule(preview), text=f"+ {text}")
    return Findings(changes=(change,), program_changed=False, previews=(shown,), remarks=(text,))


@pytest.mark.parametrize("secret", ["p@ss|w<o>rd", "correct  horse *battery*", "xqa`xqb`c|xqd xqe", "xqtab\txqline"])
def test_a_secret_that_markdown_takes_apart(secret):
    """Masked before it is put into code, or its blanks are made one."""
    text = published(findings(secret), {"PULUMI_CONFIG_PASSPHRASE": secret})
    for part in (secret, *secret.split(), secret.replace("|", "\\|")):
        assert part not in text
    assert text.count("[secret]") > 5


def test_nothing_to_hide():
    assert "[secret]" not in published(findings("plain"), {"A_TOKEN": "other-0123"})


def test_masks_that_are_longer_than_what_they_hide():
    text = published(findings("abcdef " * 20_000), {"A_TOKEN": "abcdef"})
    assert len(text) <= LIMIT
