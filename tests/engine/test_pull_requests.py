"""A pull request and its merge on the real engine: preview, rename, update in place."""

import re
import shutil
import subprocess
import sys

import pytest
import yaml

from infra.delivery import backend
from infra.report.markdown import LIMIT
from infra.stack_file.deployments import Deployment
from lab.engine.pulumi_cli import PulumiCli
from lab.paths import REPOSITORY
from tests.engine.conftest import make_up, resources
from tests.waiting import patience

pytestmark = pytest.mark.engine
SHOP = Deployment(name="shop", stack="stage2", previous="stage1", candidates=("stage1", "stage2"))
LINKED = ("__main__.py", "infra", "pod", "stacks", ".venv")


@pytest.fixture(scope="module")
def built(lab):
    done = make_up(lab, "stage1")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]


def git(folder, *arguments):
    identity = ("-c", "user.name=anna", "-c", "user.email=anna@example.org")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def infra(project, cli, *arguments):
    """`python -m infra` as the workflows run it, with the lab's backend in place of a real one."""
    command = [sys.executable, "-m", "infra", *arguments]
    return subprocess.run(
        command, cwd=project, env=cli.environment(), capture_output=True, text=True, check=False, timeout=patience(600)
    )


@pytest.fixture(scope="module")
def cli(lab, built):
    return PulumiCli(root=lab.root, debug_providers=lab.daemon.start().debug_providers)


@pytest.fixture(scope="module")
def project(lab, built, tmp_path_factory):
    """A user's repository whose deployment runs as stage1, on a branch that moves it to stage2."""
    folder = tmp_path_factory.mktemp("project")
    for name in LINKED:
        (folder / name).symlink_to(REPOSITORY / name)
    shutil.copy2(REPOSITORY / "Pulumi.yaml", folder)
    stage1 = (lab.workspace.folder / "Pulumi.stage1.yaml").read_text()
    (folder / "Pulumi.stage1.yaml").write_text(stage1)
    stage2 = re.sub(r"stagecoach:stage: .*", "stagecoach:stage: 2", stage1)
    (folder / "Pulumi.stage2.yaml").write_text(re.sub(r"encryptionsalt: .*\n", "", stage2))
    (folder / "deployments.yaml").write_text("shop: stage1\n")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "-m", "base")
    git(folder, "switch", "-q", "-c", "move")
    (folder / "deployments.yaml").write_text("shop: stage2\n")
    git(folder, "commit", "-q", "-a", "-m", "move")
    return folder


class TestLab:
    @pytest.fixture(scope="class")
    @classmethod
    def comment(cls, lab, built, tmp_path_factory):  # noqa: ARG003  pytest builds stage 1 before it
        output = tmp_path_factory.mktemp("comment") / "comment.md"
        command = ["--name", lab.name, "preview", "--base", "HEAD", "--stack", "stage2", "--output", str(output)]
        done = subprocess.run(
            [sys.executable, "-m", "lab", *command], cwd=REPOSITORY, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return output.read_text()

    def test_the_move_is_previewed(self, comment):
        assert "### Stack `stage1`: the engine's preview" in comment
        assert "| update | `server-server` | `hcloud:index/server:Server` | `serverType` |" in comment
        assert "simulated nodes" in comment

    def test_nothing_is_loud(self, comment):
        """What is replaced is autonamed config."""
        assert "CAUTION" not in comment
        assert "| replace | `prometheus-config` |" in comment

    def test_it_fits_and_holds_no_secret(self, lab, comment):
        assert len(comment) <= LIMIT
        assert (lab.root / "passphrase").read_text() not in comment
        assert "PRIVATE KEY" not in comment
        assert "redis.conf: [secret] => [secret]" in comment

    def test_the_labs_own_stack_file_stays(self, lab, comment):
        assert sorted(path.name for path in lab.workspace.folder.glob("Pulumi.*.yaml")) == ["Pulumi.stage1.yaml"]
        assert 'stagecoach:stage: "1"' in (lab.workspace.folder / "Pulumi.stage1.yaml").read_text().replace("'", '"')


class TestMoveByMerge:
    @pytest.fixture(scope="class")
    @classmethod
    def preview(cls, project, cli):
        return infra(project, cli, "comment", "--base", "main", "--engine")

    @pytest.fixture(scope="class")
    @classmethod
    def merged(cls, lab, project, cli, preview):  # noqa: ARG003  the preview comes before the merge
        before = resources(lab, "stage1")
        done = infra(project, cli, "deploy")
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
        return before, resources(lab, "stage2"), done.stdout

    def test_the_comment(self, preview):
        assert preview.returncode == 0, preview.stderr
        assert "(up to 400 customers); the stack moves from `Pulumi.stage1.yaml` by rename." in preview.stdout
        assert "### Stack `stage2`: the engine's preview" in preview.stdout
        assert "| update | `server-server` | `hcloud:index/server:Server` | `serverType` |" in preview.stdout
        assert "CAUTION" not in preview.stdout

    def test_nothing_changed_before_the_merge(self, project, preview):
        status = ["git", "status", "--porcelain"]
        assert subprocess.run(status, cwd=project, capture_output=True, text=True, check=True).stdout == ""

    def test_the_state_moved_and_the_server_stayed(self, merged, cli, project):
        before, after, _ = merged
        assert cli.stacks(project) == ["stage2"]
        server = "server:HetznerServer$hcloud:index/server:Server::server-server"
        urn = next(urn for urn in before if urn.endswith(server))
        assert before[urn] == after[urn]

    def test_both_stack_files_stayed(self, merged, project):
        stages = [(project / f"Pulumi.{stack}.yaml").read_text() for stack in ("stage1", "stage2")]
        assert [re.search(r"stagecoach:stage: .?(\d)", text)[1] for text in stages] == ["1", "2"]

    def test_the_next_pull_request_starts_from_there(self, merged, project, cli):
        done = infra(project, cli, "comment", "--base", "HEAD", "--engine")
        assert "no changes, " in done.stdout

    def test_a_refusal_is_in_the_comment(self, merged, project, cli):
        """Another region would replace the server: plan and engine both say so."""
        path = project / "Pulumi.stage2.yaml"
        text = path.read_text()
        path.write_text(text.replace("nbg1", "fsn1"))
        try:
            done = infra(project, cli, "comment", "--base", "HEAD", "--engine")
        finally:
            path.write_text(text)
        assert done.returncode == 1
        assert (
            "> - `Pulumi.stage2.yaml`: stagecoach:region = fsn1: nbg1, where this stack's server stands" in done.stdout
        )
        assert "**Error:**" in done.stdout
        assert "stagecoach:region = fsn1: nbg1, where this stack's server stands" in done.stdout


class TestBoundToThePlan:
    """What the guard judged is all that the update may do."""

    @pytest.fixture(scope="class")
    @classmethod
    def environment(cls, cli):
        environment = cli.environment()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            yield environment

    @pytest.fixture
    def plan(self, project, environment, monkeypatch, tmp_path):
        monkeypatch.chdir(project)
        backend.write_preview(SHOP, tmp_path, readable=False, plan=tmp_path / "plan.json")
        return tmp_path / "plan.json"

    def test_a_change_that_slips_in_is_not_run(self, lab, plan, capfd):
        """Into the copy of the stack file that the update goes by; what slips into the file itself is not even read."""
        before = resources(lab, "stage2")
        path = plan.with_name("Pulumi.stage2.yaml")
        content = yaml.safe_load(path.read_text())
        content["config"]["stagecoach:overrides"] = {"django": {"threads": 3}}
        path.write_text(yaml.safe_dump(content))
        code = backend.update(SHOP, plan)
        said = capfd.readouterr()
        assert code != 0
        assert "violates plan" in said.out + said.err
        assert resources(lab, "stage2") == before

    def test_the_same_plan_runs_without_it(self, plan):
        assert backend.update(SHOP, plan) == 0

    def test_no_secret_is_in_it(self, lab, cli, project, plan):
        text = plan.read_text()
        kubeconfig = cli.outputs("stage2", project)["kubeconfig"]
        assert "server-server" in text
        for secret in (cli.environment()["PULUMI_CONFIG_PASSPHRASE"], "PRIVATE KEY", kubeconfig[:200]):
            assert secret not in text

    def test_a_larger_move_needs_nothing_beyond_it(self, lab, project, cli):
        """New servers, new pools, a pooler: values that no preview knows are allowed, whatever they become."""
        path = project / "Pulumi.stage2.yaml"
        path.write_text(re.sub(r"stagecoach:stage: .*", "stagecoach:stage: 5", path.read_text()))
        done = infra(project, cli, "deploy")
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
        assert cli.outputs("stage2", project)["stage"] == 5
