"""A lab of its own: real CLI, real engine, real API server."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lab.engine.pulumi_cli import PulumiCli
from lab.lifecycle import Lab
from tests.engine.tables import TABLES
from tests.waiting import patience

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def lab():
    """Built and thrown away by the module that uses it."""
    made = Lab(f"test-{os.getpid()}")
    yield made
    made.reset()


def run_lab(lab, *arguments, timeout=600):
    """A command of the lab, as make gives it; its output."""
    command = [sys.executable, "-m", "lab", "--name", lab.name, *arguments]
    return subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=patience(timeout)
    )


def make_up(lab, stack):
    """`make up` for a lab; its output."""
    return run_lab(lab, "up", "--stack", stack)


def pulumi(lab, *arguments):
    """The real CLI on the lab's stack."""
    return run_lab(lab, "pulumi", "--", *arguments)


def resources(lab, stack):
    """The state's resources by URN without the stack's name: what physically stands behind each."""
    cli = PulumiCli(root=lab.root, debug_providers=lab.daemon.start().debug_providers)
    state = json.loads(cli.read("stack", "export", "-s", stack, folder=lab.workspace.folder).stdout)
    return {
        one["urn"].replace(f"urn:pulumi:{stack}::", ""): one.get("id", "") for one in state["deployment"]["resources"]
    }


def pytest_terminal_summary(terminalreporter):
    """Prints what the chains saw."""
    for title, rows in TABLES.items():
        terminalreporter.section(title)
        for row in rows:
            terminalreporter.line("  |  ".join(row))
