"""`python -m lab.images`."""

from types import SimpleNamespace

import pytest

from lab.images import __main__ as module


@pytest.mark.parametrize("columns", [40, 80])
def test_fits_and_cuts_no_name(monkeypatch, capsys, columns):
    name, path = "prometheus/alertmanager:v0.28.1", "grafana/grafana:12.2.0-a-tag-that-is-longer-than-a-line"
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(module, "CANNOT", {path: "there is no package of it in Debian"})
    monkeypatch.setattr(module, "ensure_images", lambda _: [SimpleNamespace(name=name, bytes=2**21, seconds=1.25)])
    module.main([])
    out = capsys.readouterr().out
    assert {name, f"{path}:"} <= set(out.split())
    longer = [line for line in out.splitlines() if len(line) > columns]
    assert [line for line in longer if len(line.split()) > 1] == []
