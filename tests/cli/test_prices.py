"""`python -m infra prices`."""

import json

import pytest

from infra.clouds.catalog import age
from tests.cli.command import infra


def prices(*arguments):
    return infra("prices", *arguments)


class TestFormats:
    def test_text(self):
        done = prices()
        assert done.returncode == 0
        assert done.stdout.count("per customer") >= 3
        assert "hetzner, nbg1: EUR, prices of 2026-" in done.stdout

    def test_markdown(self):
        done = prices("--format", "markdown", "--provider", "hetzner", "--stage", "2")
        row = "| 2 | 201-400 | cx33 | 8.49 | - | 3.43 | 0.50 | 0.00 | 12.42 EUR | 0.06 to 0.03 | cpx32 39.42 |"
        assert row in done.stdout

    def test_json(self):
        made = json.loads(prices("--json").stdout)
        assert len(made["prices"]) == 15
        assert set(made["catalog"]) == {"hetzner", "digitalocean", "vultr"}
        row = next(one for one in made["prices"] if (one["provider"], one["stage"]) == ("vultr", 1))
        assert row["month"]["total"] == 27.0
        assert row["month"]["currency"] == "USD"
        assert row["per_customer"] == {"first": 27.0, "last": 0.14}
        assert row["within_budget"] is None
        assert row["fallbacks"][0] == {"instance_type": "vc2-4c-8gb", "total": 47.0}


class TestBudget:
    def test_what_is_within(self):
        done = prices("--json", "--budget", "50", "--provider", "vultr")
        assert done.returncode == 0
        assert [one["within_budget"] for one in json.loads(done.stdout)["prices"]] == [True, True, False, False, False]

    def test_nothing_is(self):
        done = prices("--budget", "5")
        assert done.returncode == 1
        assert "stage 1 on hetzner, the cheapest, is 8.28 EUR a month: 3.28 more. Raise it to 8.28" in done.stderr
        assert "stage 1 on vultr, the cheapest, is 27.00 USD a month" in done.stderr

    def test_a_cheaper_type(self):
        """Where the first that fits is above it and a later candidate is not."""
        done = prices("--provider", "hetzner", "--stage", "1", "--sold-out", "cx23", "--budget", "20")
        assert done.returncode == 1
        assert "With cx33 it would be 11.28 EUR a month" in done.stderr


class TestBadInput:
    def test_all_at_once(self):
        done = prices("--budget", "0", "--provider", "hetznr", "--stage", "9", "--sold-out", "cx32")
        assert (done.returncode, done.stdout) == (2, "")
        lines = done.stderr.splitlines()
        assert lines[0] == "the options cannot be used"
        assert [line.split(" = ")[0].strip() for line in lines[1:]] == [
            "- --provider",
            "- --stage",
            "- --sold-out",
            "- --budget",
        ]
        assert "Did you mean hetzner?" in done.stderr

    @pytest.mark.parametrize("budget", ["nan", "-5", "60EUR", "1.234", "1e99"])
    def test_budgets(self, budget):
        done = prices("--budget", budget)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert f"--budget = {budget}: an amount above 0" in done.stderr

    def test_nothing_is_on_sale(self):
        names = [word for one in json.loads(prices("--json", "--stage", "4").stdout)["prices"] for word in _types(one)]
        done = prices("--stage", "4", *(word for name in names for word in ("--sold-out", name)))
        assert done.returncode == 2
        assert "no instance type is large enough" in done.stderr


def _types(row):
    return [row["instance_type"], *(one["instance_type"] for one in row["fallbacks"])]


class TestAge:
    def test_an_old_catalog_is_said(self, monkeypatch):
        """On stderr: the JSON stays JSON."""
        monkeypatch.setattr(age, "MOST_DAYS", -1)
        done = prices("--json", "--stage", "1")
        assert json.loads(done.stdout)["prices"]
        assert done.stderr.count("warning: the prices of ") == 3
