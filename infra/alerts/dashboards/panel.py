"""Write dashboards in the form that Grafana's provisioning reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

DATA_SOURCE = "prometheus"  # the uid of the data source in grafana.py's provisioning
_SCHEMA = 39  # Grafana 11's schema; newer versions migrate it
_WIDTH, _HEIGHT, _COLUMNS = 8, 8, 3  # of a panel; Grafana has 24 columns
_COLOURS = ("green", "orange", "red")
Unit = Literal["short", "percent", "bytes", "Bps", "s", "reqps", "ops", "cores", "bool_yes_no"]


@dataclass(frozen=True, kw_only=True)
class Query:
    """Hold one PromQL expression, and the legend of its lines."""

    expression: str
    legend: str


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Describe a graph or a number.

    `thresholds` are the values at which it turns orange and red: the same numbers as in the alerts.
    """

    title: str
    unit: Unit
    queries: tuple[Query, ...]
    thresholds: tuple[float, ...] = ()
    description: str = ""
    kind: Literal["timeseries", "stat"] = "timeseries"


def graph(title: str, unit: Unit, *queries: tuple[str, str], at: tuple[float, ...] = (), about: str = "") -> Panel:
    """Return a graph of (expression, legend) pairs.

    Args:
        title: the panel's title.
        unit: the unit of its values.
        queries: (expression, legend) pairs.
        at: thresholds; a falling pair means that low values are bad.
        about: a sentence of explanation.
    """
    made = tuple(Query(expression=expression, legend=legend) for expression, legend in queries)
    return Panel(title=title, unit=unit, queries=made, thresholds=at, description=about)


def number(title: str, unit: Unit, expression: str, *, at: tuple[float, ...] = (), about: str = "") -> Panel:
    """Return a panel with the latest value of an expression; `at` and `about` are as in `graph`."""
    queries = (Query(expression=expression, legend=""),)
    return Panel(title=title, unit=unit, queries=queries, thresholds=at, description=about, kind="stat")


def dashboard(name: str, title: str, panels: Sequence[Panel]) -> dict[str, Any]:
    """Lay out panels three in a row, in order.

    Args:
        name: part of the constant uid, so that links to the dashboard keep working.
        title: the dashboard's title.
        panels: its panels, from left to right and from top to bottom.
    """
    return {
        "uid": f"stagecoach-{name}",
        "title": title,
        "tags": ["stagecoach"],
        "schemaVersion": _SCHEMA,
        "version": 1,
        "editable": False,
        "timezone": "browser",
        "refresh": "1m",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": []},
        "annotations": {"list": []},
        "links": [{"type": "dashboards", "tags": ["stagecoach"], "title": "Dashboards", "asDropdown": True}],
        "panels": [_panel(index, panel) for index, panel in enumerate(panels)],
    }


def _panel(index: int, panel: Panel) -> dict[str, Any]:
    source = {"type": "prometheus", "uid": DATA_SOURCE}
    row, column = divmod(index, _COLUMNS)
    defaults: dict[str, Any] = {"unit": panel.unit, "min": 0, "thresholds": _thresholds(panel.thresholds)}
    if panel.unit == "cores":
        defaults |= {"unit": "short", "decimals": 2}
    if panel.kind == "timeseries":
        line = {"thresholdsStyle": {"mode": "line" if panel.thresholds else "off"}, "fillOpacity": 10}
        defaults |= {"custom": line, "color": {"mode": "palette-classic"}}
    return {
        "id": index + 1,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.description,
        "datasource": source,
        "gridPos": {"x": column * _WIDTH, "y": row * _HEIGHT, "w": _WIDTH, "h": _HEIGHT},
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": {"reduceOptions": {"calcs": ["lastNotNull"]}} if panel.kind == "stat" else {},
        "targets": [
            {"refId": chr(ord("A") + number_), "datasource": source, "expr": one.expression, "legendFormat": one.legend}
            for number_, one in enumerate(panel.queries)
        ],
    }


def _thresholds(values: tuple[float, ...]) -> dict[str, Any]:
    """Return Grafana's thresholds: green, orange, red; a single value separates green from red.

    A falling pair reverses the colours: there, low values are bad.
    """
    colours = list(_COLOURS[: len(values) + 1]) if len(values) != 1 else ["green", "red"]
    if list(values) != sorted(values):
        values, colours = tuple(reversed(values)), list(reversed(colours))
    steps = zip((None, *values), colours, strict=True)
    return {"mode": "absolute", "steps": [{"color": colour, "value": value} for value, colour in steps]}
