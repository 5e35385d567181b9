"""`recheck`: a stand-in for the real CLI on PATH."""

from typer.testing import CliRunner

from infra.cli.app import app
from infra.errors import RefusedError
from tests.delivery.test_backend import pulumi
from tests.preflight.test_recheck import FAILED, exported

__all__ = ["pulumi"]


def recheck(stack="stage1"):
    return CliRunner().invoke(app, ["recheck", "-s", stack])


def test_reads_what_failed(pulumi, capfd):
    pulumi.answer("stack_export", exported(FAILED))
    assert recheck().exit_code == 0
    export, refresh = pulumi.calls
    assert export[:4] == ["stack", "export", "-s", "stage1"]
    assert refresh[0] == "refresh"
    assert FAILED["urn"] in refresh


def test_a_stack_that_is_sound_is_left_alone(pulumi):
    pulumi.answer("stack_export", exported())
    done = recheck()
    assert done.exit_code == 0
    assert "no resource of the cloud failed" in done.stdout
    assert len(pulumi.calls) == 1


def test_the_engines_exit_code(pulumi):
    pulumi.answer("stack_export", exported(FAILED))
    pulumi.answer("refresh", "error: 503", code=255)
    assert recheck().exit_code == 255


def test_a_stack_that_is_not_there(pulumi):
    """One line, with the field and the next step."""
    pulumi.answer("stack_export", "error: no stack named 'stage9' found", code=255)
    done = recheck("stage9")
    assert isinstance(done.exception, RefusedError)
    assert "stack = stage9: error: no stack named 'stage9' found. Name a stack of" in str(done.exception)
