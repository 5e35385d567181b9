"""What a person reads where the guard says no."""

from infra.stack_file.guard_config import GuardException
from infra.updates.guard.refusals import refusals
from infra.updates.guard.rules import rule
from infra.updates.preview.engine_preview import parse_preview
from tests.updates.preview.previews import document, step

SERVER = "hcloud:index/server:Server"


def said(*steps, allowed=(), diagnostics=()):
    return list(map(str, refusals(rule(parse_preview(document(*steps, diagnostics=diagnostics), "x"), allowed))))


def test_what_why_and_the_way_out():
    [line] = said(step("replace", SERVER, "server-server", replacing=["userData"]))
    assert line.startswith("server server-server: it would be replaced")
    assert "because of userData" in line
    assert line.endswith("::server-server with a reason in stagecoach:guard_exceptions")


def test_everything_at_once():
    """A loss, an exception from another time, and an error of the engine."""
    left = GuardException(urn=step("delete", SERVER, "old")["urn"], reason="the first server was a trial")
    found = said(
        step("delete", SERVER, "server-server"),
        allowed=(left,),
        diagnostics=[{"severity": "error", "message": "error: preview failed"}],
    )
    assert [line.split(":", 1)[0] for line in found] == ["server server-server", "stagecoach", "pulumi"]
    assert "it says: preview failed" in found[2]


def test_nothing():
    assert said(step("update", SERVER, "server-server")) == []
