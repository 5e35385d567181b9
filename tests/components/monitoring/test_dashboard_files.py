"""The dashboards in the cluster, and every panel's validity."""

import json
import re

import pytest
import yaml

from infra.alerts.dashboards import dashboards
from infra.alerts.dashboards.panel import DATA_SOURCE
from tests.alerts.metrics import STAGES, panels_of
from tests.alerts.promtool import promtool
from tests.graphs import run
from tests.plans import stage_plan

FILES = {"shop.json", "celery.json", "postgres.json", "redis.json", "node.json"}
# Grafana's own ids of units.
UNITS = {"short", "percent", "bytes", "Bps", "s", "reqps", "ops"}


class TestShipped:
    def test_whether_grafana_runs_or_not(self):
        """Dashboards are code: they are there for a Grafana elsewhere, too."""
        manifest = run(1).inputs("dashboards-config")
        assert set(manifest["data"]) == FILES
        assert manifest["metadata"]["namespace"] == "monitoring"
        assert manifest["metadata"]["labels"]["grafana_dashboard"] == "1"
        assert "name" not in manifest["metadata"]

    @pytest.mark.parametrize("stage", STAGES)
    def test_fit_into_a_config_map(self, stage):
        """1 MiB is the API server's limit."""
        assert sum(len(text) for text in dashboards(stage_plan(stage)).values()) < 500_000


@pytest.mark.parametrize("stage", STAGES)
class TestPanels:
    def test_dashboards_have_ids_of_their_own(self, stage):
        uids = {name: json.loads(text)["uid"] for name, text in dashboards(stage_plan(stage)).items()}
        assert uids == {name: f"stagecoach-{name.removesuffix('.json')}" for name in FILES}

    def test_panels_have_ids_of_their_own(self, stage):
        for text in dashboards(stage_plan(stage)).values():
            panels = json.loads(text)["panels"]
            assert [panel["id"] for panel in panels] == list(range(1, len(panels) + 1))
            assert len({panel["title"] for panel in panels}) == len(panels)

    def test_do_not_overlap(self, stage):
        for text in dashboards(stage_plan(stage)).values():
            places = [tuple(panel["gridPos"].values()) for panel in json.loads(text)["panels"]]
            assert len(set(places)) == len(places)
            assert {width for x, _, width, _ in places if x + width > 24} == set()

    def test_have_a_unit(self, stage):
        assert {panel["fieldConfig"]["defaults"]["unit"] for panel in panels_of(stage)} <= UNITS

    def test_ask_the_data_source_that_is_provisioned(self, stage):
        asked = {one["datasource"]["uid"] for panel in panels_of(stage) for one in (panel, *panel["targets"])}
        assert asked == {DATA_SOURCE}

    def test_targets_are_told_apart(self, stage):
        for panel in panels_of(stage):
            assert [one["refId"] for one in panel["targets"]] == list("ABCDEF"[: len(panel["targets"])])

    def test_legends_name_labels_that_are_there(self, stage):
        """`sum by (x)` leaves x alone; a legend that names another label stays empty."""
        for panel in panels_of(stage):
            for target in panel["targets"]:
                grouped = re.search(r"^(?:100 \* )?\(?\w+ by \(([\w,]+)\)", target["expr"])
                named = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
                if grouped:
                    assert named <= set(grouped[1].split(",")), (panel["title"], target)

    @pytest.mark.promtool
    def test_promtool_takes_every_expression(self, stage, tmp_path):
        expressions = [target["expr"] for panel in panels_of(stage) for target in panel["targets"]]
        rules = [{"record": f"panel:{index}", "expr": text} for index, text in enumerate(expressions)]
        (tmp_path / "panels.yml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
        done = promtool(tmp_path, "check", "rules", "panels.yml")
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"{len(expressions)} rules found" in done.stdout
