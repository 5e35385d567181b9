"""Width and colours where nobody looks."""

import io

import pytest

from infra.report.console import new_console


@pytest.mark.parametrize(("columns", "width"), [("", 80), ("0", 80), ("90", 90), ("many", 80)])
def test_width_when_piped(monkeypatch, columns, width):
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr("sys.stdout", io.StringIO())
    assert new_console().width == width


def test_no_color(monkeypatch):
    """Also where colours are forced on: NO_COLOR is the last word (no-color.org)."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    out = io.StringIO()
    monkeypatch.setattr("sys.stdout", out)
    new_console().print("[red]text[/red]")
    assert "\x1b[31" not in out.getvalue()
