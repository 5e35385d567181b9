"""Layers import only what stands before them; pure ones never load Pulumi."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import patience

REPOSITORY = Path(__file__).resolve().parent.parent
PURE = [
    "infra.units",
    "infra.names",
    "infra.versions",
    "infra.program.outputs",
    "infra.stack_file.app_contract",
    "infra.errors",
    "infra.stack_file.stack_config",
    "infra.clouds",
    "infra.clouds.catalog.age",
    "infra.prices.listing",
    "infra.report.prices_markdown",
    "infra.whatif.answer",
    "infra.cli.prices",
    "infra.cli.whatif",
    "stacks",
    "infra.alerts.rules",
    "infra.alerts.dashboards",
    "infra.alerts.scrape",
    "infra.sizing.make_plan",
    "infra.stack_file.reader.parse",
    "infra.planner.plan_for",
    "infra.stack_file.reader.required_secrets",
    "infra.support.running",
    "infra.program.stuck_pods",
    "infra.updates.changes.compare",
    "infra.updates.preview.engine_preview",
    "infra.pull_requests.findings",
    "infra.pull_requests.github",
    "infra.pull_requests.protection",
    "infra.clouds.choose",
    "infra.clouds.hetzner.runner_access",
    "infra.clouds.digitalocean.runner_access",
    "infra.clouds.vultr.runner_access",
    "infra.updates.guard.read",
    "infra.updates.guard.rules",
    "infra.loadtest.run",
    "infra.operate.run",
    "infra.operate.follow",
    "infra.operate.restart",
    "infra.cli.app",
]


@pytest.mark.parametrize("module", PURE)
def test_pure_modules_never_load_pulumi(module):
    code = f"import {module}, sys; sys.exit('pulumi' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=False, timeout=patience(60)).returncode == 0
    )


def sources(*folders):
    return [path for folder in folders for path in sorted((REPOSITORY / folder).rglob("*.py"))]


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_infra_does_not_know_the_lab():
    assert [
        path for path in sources("infra", "pod", "stacks") if any(m.split(".")[0] == "lab" for m in imported(path))
    ] == []


@pytest.mark.parametrize("folder", ["infra/updates", "infra/report"])
def test_the_comment_asks_and_is_not_asked(folder):
    """Guard, command and comment read one preview: nothing below knows of pull requests."""
    found = {module for path in sources(folder) for module in imported(path)}
    assert found
    assert [module for module in found if module.startswith("infra.pull_requests")] == []


def test_one_reader_of_pulumi_config():
    readers = [path.name for path in sources("infra") if "pulumi.Config(" in path.read_text()]
    assert readers == ["program_config.py"]


def test_files_and_functions_stay_short():
    """250 lines a file, 50 a function."""
    long = [
        path.name
        for path in sources("infra", "pod", "stacks", "lab", "tools")
        if len(path.read_text().splitlines()) > 250
    ]
    long += [
        f"{path.name}:{node.name}"
        for path in sources("infra", "pod", "stacks", "lab", "tools")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 > 50
    ]
    assert long == []
