"""`python -m infra plan --customers`."""

import json
from pathlib import Path

import pytest

from tests.cli.command import infra

REPOSITORY = Path(__file__).resolve().parents[2]
ASKED = ("--customers", "900", "--tasks-per-customer-day", "40", "--task-seconds", "0.3", "--provider", "hetzner")


def plan(*arguments, folder=REPOSITORY):
    return infra("plan", *arguments, folder=folder, environment={"PATH": "/usr/bin:/bin"})


class TestAnswer:
    def test_text(self, tmp_path):
        """Without a stack file: the folder is empty."""
        done = plan(*ASKED, folder=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("Stage 4 on hetzner, nbg1, holds this load: 25.64 EUR a month\n")
        assert "First bottleneck: web p95, at 22132 customers" in done.stdout
        assert "Erlang C" in done.stdout

    def test_json_has_the_plan_as_well(self):
        made = json.loads(plan(*ASKED, "--json").stdout)
        assert (made["stage"], made["provider"], made["fits"], made["holds"]) == (4, "hetzner", True, True)
        assert made["load"]["tasks_per_second_peak"] == 1.25
        assert made["bottleneck"]["name"] == "web p95"
        assert made["price"]["total"] == 25.64
        assert made["nodes"][0]["instance_type"] == "cx43"

    def test_markdown(self):
        assert plan(*ASKED, "--format", "markdown").stdout.startswith("**Stage 4 on hetzner")

    def test_peak_factor(self):
        made = json.loads(plan(*ASKED, "--peak-factor", "6", "--json").stdout)
        assert made["load"]["tasks_per_second_peak"] == 2.5

    def test_another_provider(self):
        made = json.loads(plan(*ASKED, "--provider", "vultr", "--json").stdout)
        assert made["price"]["currency"] == "USD"

    def test_of_a_stack_file(self):
        made = json.loads(plan("--stack-file", "Pulumi.stage1.yaml", *ASKED, "--json").stdout)
        assert made["stage"] == 4

    def test_explained(self):
        """Of the stage that the load needs, not of the customers'."""
        many = ("--customers", "100", "--tasks-per-customer-day", "9000", "--task-seconds", "3")
        made = json.loads(plan(*many, "--explain", "celery-worker", "--json").stdout)
        assert made["stage"] > 1
        found = {one["field"]: one["value"] for one in made["explanations"]}
        (worker,) = [one for one in made["workloads"] if one["name"] == "celery-worker"]
        assert found["worker.limits.memory"] == f"{worker['containers'][0]['limits']['memory_mib']}Mi"

    def test_explained_as_text(self):
        done = plan(*ASKED, "--explain", "celery-beat", "--contracts")
        assert done.stdout.startswith("Stage 4 on hetzner")
        assert "beat.requests.memory" in done.stdout
        assert "stagecoach:overrides.postgres.max_connections" in done.stdout

    def test_contracts_as_markdown(self):
        done = plan(*ASKED, "--contracts", "--format", "markdown")
        assert "|\n\n### Contracts\n\n| contract | kept | reason | change |\n" in done.stdout

    def test_an_unknown_workload(self):
        done = plan(*ASKED, "--explain", "nosuch")
        assert (done.returncode, done.stdout) == (2, "")
        assert "--explain = nosuch: one of server" in done.stderr

    def test_customers_alone(self):
        """The plan of their stage, as ever."""
        done = plan("--customers", "600")
        assert "600 of 800 customers (75 %), then stage 4" in done.stdout


class TestRefused:
    def test_a_load_that_nothing_holds(self):
        """It is printed all the same, JSON included."""
        done = plan(*ASKED, "--peak-factor", "20000", "--json")
        assert done.returncode == 1
        assert json.loads(done.stdout)["holds"] is False
        assert "does not hold this load" in done.stderr

    def test_a_stage_that_is_too_small(self):
        done = plan(*ASKED, "--stage", "1", "--tasks-per-customer-day", "400")
        assert done.returncode == 1
        assert "stage 1 on hetzner does not hold this load" in done.stderr

    def test_a_budget(self):
        done = plan(*ASKED, "--budget", "20")
        assert done.returncode == 1
        assert "Within it: stage 3, up to 800 customers (13.57 EUR a month)" in done.stderr

    def test_a_budget_of_a_stack_file(self):
        done = plan("--stack-file", "Pulumi.stage1.yaml", "--budget", "8")
        assert done.returncode == 1
        assert "budget: 8.28 EUR a month is 0.28 above the budget of 8" in done.stderr


class TestBadInput:
    def test_all_at_once(self):
        done = plan(
            *("--customers", "-5", "--peak-factor", "nan", "--task-seconds", "0", "--provider", "x"),
            *("--stage", "7", "--budget", "-1"),
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert [line.split(" = ")[0].split(":")[0].strip() for line in done.stderr.splitlines()[1:]] == [
            "- --customers",
            "- --task-seconds",
            "- --peak-factor",
            "- --tasks-per-customer-day",
            "- --provider",
            "- --stage",
            "- --budget",
        ]

    @pytest.mark.parametrize(
        ("option", "value"),
        [
            ("--customers", "-1"),
            ("--customers", "10000000000"),
            ("--customers", "many"),
            ("--tasks-per-customer-day", "0"),
            ("--tasks-per-customer-day", "inf"),
            ("--task-seconds", "-0.1"),
            ("--task-seconds", "300ms"),
            ("--task-seconds", "541"),
            ("--peak-factor", "0.5"),
            ("--requests-per-customer-day", "0"),
            ("--request-seconds", "nan"),
        ],
    )
    def test_values(self, option, value):
        done = plan(*ASKED, option, value)
        assert done.returncode == 2
        assert option in done.stderr
        assert "Traceback" not in done.stderr

    def test_half_a_load(self):
        done = plan("--customers", "900", "--task-seconds", "0.3")
        assert done.returncode == 2
        assert "--tasks-per-customer-day: is required with the others" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("plan", "--stage", "x"), "'--stage': 'x' is no whole number: write digits alone"),
        (("plan", "--customers", "1e9"), "'--customers': '1e9' is no whole number"),
        (("plan", "--customers", "1_000"), "'1_000' is no whole number"),
        (("plan", "--customers", "9" * 4400), "is no whole number"),
        (("plan", "--customers", "5", "--task-seconds", "abc"), "'--task-seconds': 'abc' is no number: write it as 5"),
        (("prices", "--stage", "1.5"), "'--stage': '1.5' is no whole number"),
    ],
)
def test_a_number_that_is_none(arguments, says):
    done = infra(*arguments)
    assert done.returncode == 2
    assert says in " ".join(done.stderr.replace("│", " ").split())
    assert "Input should" not in done.stderr
