"""The command `stagecoach`: it runs the checkout that it is called in, whichever environment it was installed into."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.waiting import patience

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAM = REPOSITORY / "tools" / "stagecoach"


def call(*arguments, folder=REPOSITORY, program=PROGRAM, **environment):
    return subprocess.run(
        [str(program), *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=patience(60),
        env={**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1", **environment},
    )


class TestSameAsTheModule:
    """Results and exit codes of `python -m infra`."""

    def test_in_the_checkouts_folder(self):
        done = call("plan", "--json")
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout)["stage"] == 1

    def test_in_a_folder_below(self):
        """Where modules have names that others have, too; files are looked for from there."""
        done = call("plan", "--json", "--stack-file", "../Pulumi.stage2.yaml", folder=REPOSITORY / "tools")
        assert json.loads(done.stdout)["stage"] == 2

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [(("plan", "--budget", "5"), 1), (("plan", "--stage", "7"), 2), (("plan", "--nonsense"), 2)],
    )
    def test_exit_codes(self, arguments, code):
        assert call(*arguments).returncode == code

    def test_its_name(self):
        assert "Usage: stagecoach plan" in call("plan", "--help", COLUMNS="80", GITHUB_ACTIONS="").stdout


class TestCompletion:
    @pytest.mark.parametrize(
        ("words", "offered"),
        [
            (("stagecoach", "rend"), ["render"]),
            (("stagecoach", "doctor", "--onl"), ["--online"]),
            (("stagecoach", "render", "--provider", "vu"), ["vultr"]),
            (("stagecoach", "diff", "--from", "Pulumi.stage1"), ["Pulumi.stage1.yaml"]),
            (("stagecoach", "prices", "--sold-out", "cpx6"), ["cpx62"]),
            (("stagecoach", "doctor", "--stack", "stage"), [f"stage{number}" for number in range(1, 6)]),
        ],
    )
    def test_as_bash_asks(self, words, offered):
        assert self.offers(words, REPOSITORY) == (offered, "")

    def test_outside_of_a_checkout(self, tmp_path):
        """No message in the middle of a line that somebody types."""
        assert self.offers(("stagecoach", "rend"), tmp_path) == ([], "")

    def offers(self, words, folder):
        """What is offered, and what is written into the terminal beside it; by the script that bash was given."""
        script = call("--show-completion", "bash").stdout
        assert "complete -o default -F _stagecoach_completion stagecoach" in script
        position = len(words) - 1
        ask = f"COMP_WORDS=({' '.join(words)}); COMP_CWORD={position}; _stagecoach_completion stagecoach || true"
        done = subprocess.run(
            ["bash", "-c", f"{script}\n{ask}; echo ${{COMPREPLY[@]}}"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
            timeout=patience(60),
            env={**os.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"},
        )
        return done.stdout.split(), done.stderr


class TestWhichCheckout:
    @pytest.fixture
    def checkout(self, tmp_path):
        """A checkout whose environment only says how it was started."""
        root = tmp_path / "a shop's"
        (root / "infra" / "cli").mkdir(parents=True)
        (root / "infra" / "__main__.py").touch()
        (root / "Pulumi.yaml").touch()
        python = root / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text('#!/bin/sh\necho "$PYTHONPATH"\npwd\necho "$@"\n')
        python.chmod(0o755)
        return root

    @pytest.mark.parametrize("below", [".", "infra/cli"])
    def test_the_one_around_the_working_folder(self, checkout, below):
        """Not the one beside the program: checkouts share environments, and a link may lead here."""
        linked = checkout.parent / "stagecoach"
        linked.symlink_to(PROGRAM)
        folder = (checkout / below).resolve()
        done = call("plan", "--stage", "2", folder=folder, program=linked, PYTHONPATH="")
        assert done.stdout.splitlines() == [str(checkout), str(folder), "-P -m infra plan --stage 2"]

    def test_another_path_of_python_stays(self, checkout):
        assert call(folder=checkout, PYTHONPATH="/mine").stdout.splitlines()[0] == f"{checkout}:/mine"

    def test_a_project_of_pulumis_that_is_none(self, checkout):
        """Its own Pulumi.yaml, or a folder called infra, ends the search nowhere."""
        inner = checkout / "infra" / "cli"
        (inner / "Pulumi.yaml").touch()
        assert call(folder=inner, PYTHONPATH="").stdout.splitlines()[0] == str(checkout)

    def test_no_environment(self, checkout):
        (checkout / ".venv" / "bin" / "python").unlink()
        done = call("plan", folder=checkout)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (
            f"stagecoach: {checkout} has no Python environment. Run `make setup` there, then try again\n"
        )

    @pytest.mark.parametrize("folder", ["/", "."])
    def test_no_checkout(self, tmp_path, folder):
        done = call("plan", folder=tmp_path / folder)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (
            "stagecoach: no checkout of stagecoach here or in a folder above. Change into yours (cd), then try again\n"
        )
