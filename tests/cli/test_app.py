"""What all commands have in common."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from infra.cli import app as module
from infra.cli.app import app, own_arguments
from tests.cli import command
from tests.updates.guard import recorded
from tests.waiting import patience

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAM = "python -m infra"
# Commands whose result is no data.
WITHOUT_JSON = {
    "comment": "Markdown for a pull request",
    "deploy": "the engine's own output, as it comes",
    "logs": "the pods' own lines, as they come",
    "restart": "one line, and what it waits for",
    "run": "the command's own output, as it comes",
    "shell": "the command's own output, as it comes",
    "recheck": "the engine's own output, as it comes",
    "runner-access": "lines for a workflow's log",
}


@pytest.fixture
def infra(monkeypatch):
    """Runs a command: exit code, output, complaints."""
    monkeypatch.delenv("NO_COLOR", raising=False)

    def call(*arguments):
        done = command.infra(*arguments)
        return done.returncode, done.stdout, done.stderr

    return call


def commands():
    return typer.main.get_command(app).commands


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_has_json(name):
    """Or a reason why it has none."""
    has = any("--json" in one.opts for one in commands()[name].params)
    assert has != (name in WITHOUT_JSON)


class TestNoColor:
    @pytest.mark.parametrize("arguments", [("--no-color", "plan"), ("plan", "--no-color")])
    def test_before_and_behind_a_command(self, infra, monkeypatch, arguments):
        monkeypatch.setenv("FORCE_COLOR", "1")
        code, output, _ = infra(*arguments)
        assert (code, "It fits." in output) == (0, True)
        assert "\x1b[1;32m" not in output

    def test_another_programs_stays_its_own(self, monkeypatch):
        """Django's commands have the same option."""
        monkeypatch.setenv("NO_COLOR", "")  # set by the second line below, and taken back
        arguments = ["run", "--", "python", "manage.py", "check", "--no-color"]
        assert own_arguments(arguments) == arguments
        assert own_arguments(["plan", "--no-color"]) == ["--no-color", "plan"]

    def test_colours_without_it(self, infra, monkeypatch):
        monkeypatch.setenv("FORCE_COLOR", "1")
        assert "\x1b[1;32m" in infra("plan")[1]


class TestMessages:
    def test_an_option_that_does_not_exist(self, infra):
        code, _, complaint = infra("plan", "--stge", "2")
        assert code == 2
        assert "--stage" in complaint

    @pytest.mark.parametrize(
        "error", [FileNotFoundError(2, "No such file", "x.yaml"), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no text")]
    )
    def test_a_file_that_a_command_did_not_expect(self, infra, monkeypatch, error):
        """The last net: a message, exit code 2, no traceback."""

        def fail(*_arguments, **_more):
            raise error

        monkeypatch.setattr(module, "app", fail)
        code, output, complaint = infra("plan")
        assert (code, output) == (2, "")
        assert complaint.startswith("a file cannot be used\n  - ")


class TestProcess:
    """What only a process of its own shows; the other tests run in one (tests/cli/command.py)."""

    def call(self, *arguments, options=(), **more):
        return subprocess.run(
            [sys.executable, *options, "-m", "infra", *arguments],
            cwd=REPOSITORY,
            text=True,
            check=False,
            timeout=patience(60),
            env={"PATH": "/usr/bin:/bin"},
            **{"capture_output": True, **more},
        )

    @pytest.mark.parametrize(
        ("arguments", "text", "code"),
        [
            (("plan", "--explain", "celery-worker"), "", 0),
            (("plan", "--budget", "5"), "", 1),
            (("plan", "--stage", "7"), "", 2),
            (("plan", "--customers", "many"), "", 2),
            (("guard", "-"), recorded.read(recorded.REPLACED), 1),
            (("guard", "-"), "error: no stack named 'stage1' found", 2),
            (("doctor", "--stack-file", "nosuch.yaml"), "", 2),
        ],
    )
    def test_says_what_the_tests_see(self, arguments, text, code):
        """Exit code, output, complaints, standard input: the same here and in a process of its own."""
        done = self.call(*arguments, input=text)
        environment = {"PATH": "/usr/bin:/bin", "STAGECOACH_PROGRAM": PROGRAM, "COLUMNS": ""}
        seen = command.infra(*arguments, text=text, environment=environment)
        assert done.returncode == code
        assert "Traceback" not in done.stderr
        assert (done.stdout, done.stderr) == (seen.stdout, seen.stderr)

    def test_a_closed_pipe(self):
        """Whoever reads stops, as `head` does: nothing is said."""
        reading, writing = os.pipe()
        os.close(reading)
        done = self.call("prices", "--json", stdout=writing, stderr=subprocess.PIPE, capture_output=False)
        os.close(writing)
        assert (done.returncode, done.stderr) == (1, "")

    def test_a_plan_does_not_load_pulumi(self):
        lines = self.call("plan", options=("-X", "importtime")).stderr.splitlines()
        loaded = [line.rsplit("|", 1)[-1].strip() for line in lines]
        assert "infra.sizing.make_plan" in loaded
        assert [name for name in loaded if name.split(".")[0] in ("pulumi", "grpc")] == []
