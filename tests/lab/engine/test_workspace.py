"""The lab runs on copies: the checkout is never written to."""

import pytest
import yaml

from infra.errors import StagecoachError
from lab.engine import workspace
from lab.engine.workspace import Workspace


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A checkout with a program and one stack file."""
    folder = tmp_path / "repository"
    for name in ("infra", "pod", "stacks"):
        (folder / name).mkdir(parents=True)
    (folder / "__main__.py").write_text("")
    (folder / "Pulumi.yaml").write_text("name: p\nruntime: python\n")
    (folder / "Pulumi.stage1.yaml").write_text(
        "config:\n  stagecoach:stage: 1\n  stagecoach:provider: hetzner\n  stagecoach:region: nbg1\n"
    )
    monkeypatch.setattr(workspace, "REPOSITORY", folder)
    return folder


class TestWorkspace:
    def test_copies_and_links(self, repository, tmp_path):
        """The project file is a copy, the program a link."""
        made = Workspace(tmp_path / "lab")
        made.prepare(tmp_path / "venv")
        assert (made.folder / "infra").resolve() == repository / "infra"
        assert not (made.folder / "Pulumi.yaml").is_symlink()
        assert sorted(path.name for path in made.rename_folder.iterdir()) == ["Pulumi.yaml"]

    def test_values_of_the_lab_come_on_top(self, repository, tmp_path):
        """The stack file's other values stay; None takes one out."""
        made = Workspace(tmp_path / "lab")
        made.prepare(tmp_path / "venv")
        assert made.stack_config("stage1")["stagecoach:region"] == "nbg1"
        path = made.write_stack("stage1", {"stagecoach:region": "lab", "stagecoach:provider": None})
        assert yaml.safe_load(path.read_text())["config"] == {"stagecoach:stage": 1, "stagecoach:region": "lab"}
        assert "lab" not in (repository / "Pulumi.stage1.yaml").read_text()

    def test_keeps_the_salt(self, repository, tmp_path):
        """Without it the state's secrets could not be read again."""
        made = Workspace(tmp_path / "lab")
        made.prepare(tmp_path / "venv")
        path = made.write_stack("stage1", {})
        path.write_text(path.read_text() + "encryptionsalt: v1:abc\n")
        again = yaml.safe_load(made.write_stack("stage1", {}).read_text())
        assert again["encryptionsalt"] == "v1:abc"
        assert again["config"]["stagecoach:region"] == "nbg1"

    def test_unknown_stack(self, repository, tmp_path):
        """The message names what there is."""
        made = Workspace(tmp_path / "lab")
        made.prepare(tmp_path / "venv")
        with pytest.raises(StagecoachError, match=r"STACK = stage9: one of stage1\."):
            made.write_stack("stage9", {})
