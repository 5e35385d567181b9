"""Which commands the real CLI gets; its answers are those of a small stand-in on PATH."""

import json
from pathlib import Path

import pytest

from infra.delivery import backend
from infra.errors import RefusedError
from infra.stack_file.deployments import Deployment
from tests.delivery.stand_in import put_first
from tests.updates.preview.previews import document

_PULUMI = """#!{python}
import json, os, sys
from pathlib import Path

folder = Path(os.environ["PULUMI_STANDIN"])
with (folder / "calls").open("a") as calls:
    calls.write(json.dumps([*sys.argv[1:], sorted(path.name for path in Path(".").glob("Pulumi*"))]) + "\\n")
words = [word for word in sys.argv[1:] if not word.startswith("-")]
if sys.argv[1] == "-C":
    words = words[1:]
for name in ("_".join(words[:2]), words[0]):
    answer = folder / name
    if answer.exists():
        for after in folder.glob(f"{{name}}.then.*"):
            after.rename(folder / after.name.rpartition(".")[2])
        code, _, text = answer.read_text().partition("\\n")
        stream = sys.stderr if text.startswith("error") else sys.stdout
        stream.write(text)
        sys.exit(int(code))
"""


class Pulumi:
    """Answers are files: the exit code, then the text."""

    def __init__(self, folder):
        self.folder = folder

    def answer(self, command, text="", code=0):
        (self.folder / command).write_text(f"{code}\n{text}")

    def then(self, command, other, text, code=0):
        """From the first call of `command` on, `other` gets this answer."""
        if not (self.folder / command).exists():
            self.answer(command)
        (self.folder / f"{command}.then.{other}").write_text(f"{code}\n{text}")

    @property
    def calls(self):
        return [json.loads(line) for line in (self.folder / "calls").read_text().splitlines()]


@pytest.fixture
def pulumi(tmp_path, monkeypatch):
    put_first(tmp_path, monkeypatch, _PULUMI)
    answers = tmp_path / "answers"
    answers.mkdir()
    project = tmp_path / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text("name: stagecoach\n")
    (project / "Pulumi.stage1.yaml").write_text("config: {}\n")
    (project / "Pulumi.stage2.yaml").write_text("config: {}\n")
    monkeypatch.chdir(project)
    monkeypatch.setenv("PULUMI_STANDIN", str(answers))
    return Pulumi(answers)


SHOP = Deployment(name="shop", stack="stage2", previous="stage1", candidates=("stage1", "stage2"))


def stacks(*names):
    return json.dumps([{"name": name} for name in names])


class TestHolder:
    def test_before_and_after_the_rename(self, pulumi):
        pulumi.answer("stack_ls", stacks("stage1", "museum"))
        assert backend.holder(SHOP) == "stage1"
        pulumi.answer("stack_ls", stacks("acme/stagecoach/stage2"))
        assert backend.holder(SHOP) == "stage2"

    def test_two_shops_are_refused(self, pulumi):
        pulumi.answer("stack_ls", stacks("stage1", "stage2"))
        with pytest.raises(RefusedError, match="stage1 and stage2, which would be 2 shops"):
            backend.holder(SHOP)

    def test_none_is_refused(self, pulumi):
        """A first update makes decisions that nobody has made here."""
        pulumi.answer("stack_ls", "[]")
        with pytest.raises(RefusedError, match="pulumi stack init stage2"):
            backend.holder(SHOP)


class TestPreview:
    def test_the_state_of_the_old_stack_with_the_new_file(self, pulumi, tmp_path):
        pulumi.answer("stack_ls", stacks("stage1"))
        pulumi.answer("preview", document())
        backend.write_preview(SHOP, tmp_path)
        assert (tmp_path / "stage2.json").read_text() == document()
        for call in pulumi.calls[1:]:
            assert call[:1] == ["preview"]
            assert call[2:5] == ["-s", "stage1", "--config-file"]
            assert Path(call[5]).name == "Pulumi.stage2.yaml"
            assert Path(call[5]).is_absolute()

    def test_the_plan_is_saved_where_it_is_asked_for(self, pulumi, tmp_path):
        pulumi.answer("stack_ls", stacks("stage2"))
        pulumi.answer("preview", document())
        backend.write_preview(SHOP, tmp_path, plan=tmp_path / "plan.json")
        _, judged, readable = pulumi.calls
        assert judged[-3:-1] == ["--save-plan", str(tmp_path / "plan.json")]
        assert "--save-plan" not in readable

    def test_a_failed_preview_is_kept(self, pulumi, tmp_path):
        pulumi.answer("stack_ls", stacks("stage1"))
        pulumi.answer("preview", document(diagnostics=[{"severity": "error", "message": "no"}]), code=255)
        backend.write_preview(SHOP, tmp_path)
        assert "no" in (tmp_path / "stage2.json").read_text()

    def test_no_preview_at_all(self, pulumi, tmp_path):
        pulumi.answer("stack_ls", stacks("stage1"))
        pulumi.answer("preview", "error: incorrect passphrase\n", code=255)
        with pytest.raises(RefusedError, match="stack stage1: error: incorrect passphrase"):
            backend.write_preview(SHOP, tmp_path)


class TestRename:
    def test_where_there_is_no_stack_file_to_overwrite(self, pulumi):
        pulumi.answer("stack_ls", stacks("stage1"))
        assert backend.rename(SHOP) == 0
        _, rename = pulumi.calls
        assert rename[0] == "-C"
        assert rename[2:7] == ["stack", "rename", "stage2", "-s", "stage1"]

    def test_not_twice(self, pulumi):
        """The second try of a deployment that stopped after its rename."""
        pulumi.answer("stack_ls", stacks("stage2"))
        assert backend.rename(SHOP) == 0
        assert [call[0] for call in pulumi.calls] == ["stack"]

    def test_the_engines_exit_code(self, pulumi):
        pulumi.answer("stack_ls", stacks("stage1"))
        pulumi.answer("stack_rename", "error: locked\n", code=255)
        assert backend.rename(SHOP) == 255


class TestUpdate:
    def test_no_more_than_the_plan(self, pulumi, tmp_path):
        assert backend.update(SHOP, tmp_path / "plan.json") == 0
        [up] = pulumi.calls
        assert up[:5] == ["up", "-s", "stage2", "--plan", str(tmp_path / "plan.json")]
        # The salt of the plan's secrets is that of the file that the preview went by.
        assert up[5:8] == ["--config-file", str(tmp_path / "Pulumi.stage2.yaml"), "--yes"]

    def test_the_engines_exit_code(self, pulumi, tmp_path):
        pulumi.answer("up", "error: no\n", code=255)
        assert backend.update(SHOP, tmp_path / "plan.json") == 255


class TestMissingBackend:
    def test_logged_in(self, pulumi):
        pulumi.answer("whoami", "anna\n")
        assert backend.missing_backend() is None

    def test_not_logged_in(self, pulumi):
        pulumi.answer("whoami", "error: PULUMI_ACCESS_TOKEN must be set\n", code=255)
        assert backend.missing_backend() == "`pulumi whoami` says: error: PULUMI_ACCESS_TOKEN must be set"

    @pytest.mark.parametrize("value", ["false", "", "TRUE"])
    def test_not_switched_on(self, pulumi, monkeypatch, value):
        """In a workflow; `pulumi` is not even asked."""
        pulumi.answer("whoami", "anna\n")
        monkeypatch.setenv("STAGECOACH_ENGINE_PREVIEW", value)
        assert backend.missing_backend().startswith("STAGECOACH_ENGINE_PREVIEW is not true in this repository")

    def test_switched_on(self, pulumi, monkeypatch):
        pulumi.answer("whoami", "anna\n")
        monkeypatch.setenv("STAGECOACH_ENGINE_PREVIEW", "true")
        assert backend.missing_backend() is None

    def test_no_program(self, monkeypatch, tmp_path):
        monkeypatch.setenv("PATH", str(tmp_path))
        assert backend.missing_backend() == "there is no `pulumi` on PATH"
