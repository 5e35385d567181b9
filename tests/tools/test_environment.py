"""The environment of locked packages, and the Pythons that may make one."""

import ast
import os
import platform
import re
import sys
from pathlib import Path

import pytest
import yaml

from tests.manifests import checkov
from tools import environment

REPOSITORY = Path(__file__).resolve().parents[2]


class TestRange:
    def test_pyproject_says_it(self):
        """The only place that the program reads."""
        assert list(environment.promised()) == [11, 12, 13]

    @pytest.mark.parametrize("page", ["README.md", "docs/tutorial/first-order.md"])
    def test_pages(self, page):
        minors = environment.promised()
        text = (REPOSITORY / page).read_text()
        assert f"3.{minors[0]} to 3.{minors[-1]}" in text
        assert "3.11 or newer" not in text

    def test_tools_work_for_the_oldest(self):
        """Types are checked and locks resolved from it on; ruff reads requires-python itself."""
        text = (REPOSITORY / "pyproject.toml").read_text()
        assert set(re.findall(r'^(?:python_version|python-version) = "3\.(\d+)"', text, re.MULTILINE)) == {
            str(environment.promised()[0])
        }
        assert "target-version" not in text

    @pytest.mark.parametrize("path", sorted((REPOSITORY / ".github" / "workflows").glob("*.yml")), ids=lambda p: p.name)
    def test_workflows(self, path):
        jobs = yaml.safe_load(path.read_text())["jobs"].values()
        asked = [step["with"]["python-version"] for job in jobs for step in job["steps"] if "setup-python" in str(step)]
        assert asked
        versions = {one for text in asked for one in text.split()}
        assert {one for one in versions if environment.refuse(tuple(map(int, one.split("."))))} == set()


class TestRefuse:
    @pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
    def test_promised(self, version):
        assert environment.refuse(version) == ""

    @pytest.mark.parametrize("version", [(2, 12), (3, 6), (3, 10), (3, 14), (4, 12)])
    def test_others(self, version):
        said = environment.refuse(version)
        assert said.startswith(f"Python 3.11 to 3.13 is needed, {sys.executable} is {version[0]}.{version[1]}: ")
        assert said.endswith("for example make setup PYTHON3=python3.13")

    def test_before_anything_is_made(self, tmp_path, monkeypatch, capsys):
        monkeypatch.setattr(environment, "promised", lambda: range(6, 8))
        assert environment.main(tmp_path / "cache" / "venv") == 2
        assert capsys.readouterr().err.startswith("Python 3.6 to 3.7 is needed")
        assert list(tmp_path.iterdir()) == []

    def test_an_old_python_reads_the_file(self):
        """It would end with a SyntaxError otherwise; the annotations of __future__ came with 3.7."""
        text = Path(environment.__file__).read_text()
        ast.parse(text, feature_version=(3, 7))
        assert "__future__" not in text


class TestMain:
    @pytest.fixture
    def made(self, monkeypatch):
        """Folders for which packages would be installed."""
        folders = []

        def make(folder, lock_file):
            folders.append((folder.name, lock_file))
            (folder / "bin").mkdir(parents=True, exist_ok=True)
            return 0

        monkeypatch.setattr(environment, "_make", make)
        return folders

    @pytest.fixture
    def finished(self, tmp_path):
        folder = tmp_path / "venv-3.11.2-abc"
        (folder / "bin").mkdir(parents=True)
        (folder / "bin" / "python").symlink_to(sys.executable)
        (folder / ".complete").touch()
        return folder

    def answers(self, folder, version):
        python = folder / "bin" / "python"
        python.unlink()
        python.write_text(f"#!/bin/sh\necho Python {version}\n")
        python.chmod(0o755)

    def test_a_finished_one_is_left_alone(self, finished, made):
        assert environment.main(finished) == 0
        assert made == []

    def test_a_finished_one_gets_the_command(self, finished, made):
        """Also where it has an older one; packages are left alone."""
        own = Path(environment.__file__).with_name("stagecoach")
        command = finished / "bin" / "stagecoach"
        for _ in range(2):
            assert environment.main(finished) == 0
            assert command.read_bytes() == own.read_bytes()
            assert os.access(command, os.X_OK)
            command.write_text("#!/bin/sh\necho an earlier one\n")
        assert made == []
        assert sorted(path.name for path in command.parent.iterdir()) == ["python", "stagecoach"]

    def test_one_for_checkers_gets_none(self, finished, made):
        environment.main(finished, "requirements/checkov.txt")
        assert [path.name for path in (finished / "bin").iterdir()] == ["python"]

    def test_a_command_that_cannot_be_written(self, finished, made, capsys):
        (finished / "bin" / "stagecoach").mkdir()
        assert environment.main(finished) == 2
        assert "the command stagecoach can't be installed" in capsys.readouterr().err

    def test_an_unfinished_one_is_made(self, finished, made):
        (finished / ".complete").unlink()
        environment.main(finished, "requirements/checkov.txt")
        assert made == [("venv-3.11.2-abc", "requirements/checkov.txt")]

    def test_one_whose_python_is_gone_is_made_anew(self, finished, made):
        (finished / "bin" / "python").unlink()
        (finished / "bin" / "python").symlink_to("/nowhere/python3")
        environment.main(finished)
        assert made == [("venv-3.11.2-abc", "requirements/dev.txt")]

    def test_one_whose_python_was_replaced_is_made_anew(self, finished, made):
        self.answers(finished, platform.python_version())
        environment.main(finished)
        assert made == []
        self.answers(finished, "3.9.9")
        environment.main(finished)
        assert len(made) == 1

    def test_two_pythons_do_not_wait_for_each_other(self, tmp_path, made):
        """A version has dots: the lock's name must keep all of it."""
        for name in ("venv-3.11.2-abc", "venv-3.11.7-abc"):
            environment.main(tmp_path / name)
        locks = [path.name for path in tmp_path.iterdir() if path.is_file()]
        assert sorted(locks) == ["venv-3.11.2-abc.lock", "venv-3.11.7-abc.lock"]


def test_checkov_has_one_for_each_python():
    assert checkov.environment().name.startswith(f"checkov-{platform.python_version()}-")
