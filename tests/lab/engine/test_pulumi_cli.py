"""The lab's CLI: a state that can't be read is an error, not an empty one."""

import pytest
import yaml

from infra.errors import StagecoachError
from lab.engine import pulumi_cli
from lab.engine.pulumi_cli import PulumiCli
from lab.paths import REPOSITORY

LISTS = """#!/bin/sh
echo '[{"name": "organization/stagecoach/stage2"}, {"name": "stage1"}]'
"""
NAMES_ITS_STACK = """#!/bin/sh
echo "{\\"asked\\": \\"$*\\"}"
"""
FAILS = """#!/bin/sh
echo "error: EOF" >&2
exit 255
"""


@pytest.fixture
def cli(tmp_path, monkeypatch):
    """Of a lab whose `pulumi` is a script: call it with the script's text."""
    folder = tmp_path / "vendor"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=":")

    def made(script):
        for name in ("pulumi", "pulumi-language-python"):
            program = folder / name
            program.write_text(script)
            program.chmod(0o755)
        return PulumiCli(root=tmp_path / "lab", debug_providers="")

    return made


class TestStacks:
    def test_without_organization_and_project(self, cli, tmp_path):
        assert cli(LISTS).stacks(tmp_path) == ["stage1", "stage2"]

    def test_a_state_that_cannot_be_read(self, cli, tmp_path):
        """Taken for "no stack", `make up` would begin a new one beside what runs."""
        with pytest.raises(StagecoachError) as caught:
            cli(FAILS).stacks(tmp_path)
        assert str(caught.value).startswith("the lab's state can't be read: error: EOF\n")
        assert str(tmp_path / "lab" / "state") in str(caught.value)
        assert "docs/how-to/interrupted-update.md" in str(caught.value)


class TestStateFiles:
    def test_one_of_each_stack(self, cli):
        """Not its backup, nor another project's."""
        made = cli(LISTS)
        folder = made.state / ".pulumi" / "stacks"
        for name in ("stagecoach/stage2.json", "stagecoach/stage2.json.bak", "other/stage1.json"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).touch()
        assert made.state_files() == [folder / "stagecoach" / "stage2.json"]

    def test_the_project_is_this_one(self):
        assert yaml.safe_load((REPOSITORY / "Pulumi.yaml").read_text())["name"] == pulumi_cli._PROJECT


class TestOutputs:
    def test_of_the_stack_that_was_named(self, cli, tmp_path):
        answer = cli(NAMES_ITS_STACK).outputs("stage2", tmp_path)
        assert answer == {"asked": "stack output --json --show-secrets -s stage2"}

    def test_a_state_that_cannot_be_read(self, cli, tmp_path):
        """Taken for "no outputs", the report would end in a KeyError."""
        with pytest.raises(StagecoachError, match=r"^the lab's state can't be read: error: EOF\n") as caught:
            cli(FAILS).outputs("stage1", tmp_path)
        assert "what `pulumi stack output` can read" in str(caught.value)


def test_no_file_beside_a_stacks_own(cli, tmp_path):
    """It would be written in two steps; TestKilledUpdate looks for them after a kill."""
    assert cli(LISTS).environment()["PULUMI_BACKEND_URL"] == f"file://{tmp_path}/lab/state?metadata=skip"
