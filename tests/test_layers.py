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
    "infra.delivery.findings",
    "infra.delivery.github",
    "infra.delivery.protection",
    "infra.clouds.choose",
    "infra.clouds.hetzner.runner_access",
    "infra.clouds.digitalocean.runner_access",
    "infra.clouds.vultr.runner_access",
    "infra.updates.guard.read",
    "infra.updates.guard.rules",
    "infra.operate.loadtest.run",
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


# Each room imports itself, what stands before it, and the modules at the root of infra/, which import no room.
ROOMS = (
    "clouds",
    "stack_file",
    "sizing",
    "support",
    "prices",
    "planner",
    "whatif",
    "alerts",
    "preflight",
    "components",
    "program",
    "render",
    "updates",
    "report",
    "operate",
    "delivery",
    "cli",
)


def rooms_of(path):
    """Rooms of infra/ that a file imports; an empty text for a module at the root."""
    for module in imported(path):
        top, _, rest = module.partition(".")
        if top == "infra" and rest:
            room = rest.partition(".")[0]
            yield room if (REPOSITORY / "infra" / room).is_dir() else ""


def test_the_list_of_rooms_is_whole():
    found = {path.name for path in (REPOSITORY / "infra").iterdir() if (path / "__init__.py").exists()}
    assert found == {*ROOMS, "scripts"}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_what_stands_before_it(room):
    allowed = {"", "scripts", *ROOMS[: ROOMS.index(room) + 1]}
    wrong = {
        f"{path.relative_to(REPOSITORY)} imports {other}"
        for path in sources(f"infra/{room}")
        for other in rooms_of(path)
        if other not in allowed
    }
    assert wrong == set()


def test_the_root_imports_no_room():
    """`python -m infra` alone starts the command line."""
    wrong = [
        f"{path.name} imports {room}"
        for path in (REPOSITORY / "infra").glob("*.py")
        for room in rooms_of(path)
        if room and path.name != "__main__.py"
    ]
    assert wrong == []


def test_infra_does_not_know_the_lab():
    assert [
        path for path in sources("infra", "pod", "stacks") if any(m.split(".")[0] == "lab" for m in imported(path))
    ] == []


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
