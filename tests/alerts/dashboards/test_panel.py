"""From a few values to Grafana's JSON."""

from infra.alerts.dashboards.panel import dashboard, graph, number


def made(*panels):
    return dashboard("x", "X", panels)["panels"]


def steps(panel):
    return [(one["value"], one["color"]) for one in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]]


class TestThresholds:
    def test_none(self):
        (panel,) = made(graph("A", "short", ("up", "")))
        assert steps(panel) == [(None, "green")]
        assert panel["fieldConfig"]["defaults"]["custom"]["thresholdsStyle"] == {"mode": "off"}

    def test_one_is_the_limit(self):
        (panel,) = made(graph("A", "short", ("up", ""), at=(5,)))
        assert steps(panel) == [(None, "green"), (5, "red")]
        assert panel["fieldConfig"]["defaults"]["custom"]["thresholdsStyle"] == {"mode": "line"}

    def test_two_warn_first(self):
        (panel,) = made(graph("A", "short", ("up", ""), at=(80, 90)))
        assert steps(panel) == [(None, "green"), (80, "orange"), (90, "red")]

    def test_a_falling_pair_is_about_what_is_left(self):
        (panel,) = made(number("A", "s", "up", at=(40, 15)))
        assert steps(panel) == [(None, "red"), (15, "orange"), (40, "green")]


class TestLayout:
    def test_three_a_row(self):
        panels = made(*(graph(str(one), "short", ("up", "")) for one in range(4)))
        assert [(one["gridPos"]["x"], one["gridPos"]["y"]) for one in panels] == [(0, 0), (8, 0), (16, 0), (0, 8)]

    def test_cores_keep_their_decimals(self):
        (panel,) = made(graph("A", "cores", ("up", "")))
        defaults = panel["fieldConfig"]["defaults"]
        assert (defaults["unit"], defaults["decimals"]) == ("short", 2)

    def test_a_number_is_the_latest_value(self):
        (panel,) = made(number("A", "s", "up"))
        assert (panel["type"], panel["options"]) == ("stat", {"reduceOptions": {"calcs": ["lastNotNull"]}})
