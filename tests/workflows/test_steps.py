"""The workflows' own scripts, run in a clone as a runner runs them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.delivery.marker import MARKER
from lab.paths import cache_root
from tests.servers.github_api import BOT, GithubApi
from tests.workflows.reading import REPOSITORY, run_step, steps

_IDENTITY = ("-c", "user.name=anna", "-c", "user.email=anna@example.org")


def git(folder, *arguments):
    done = subprocess.run(["git", *_IDENTITY, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def clone(tmp_path):
    """This checkout as it is, uncommitted work included, as the one commit of a repository."""
    folder = tmp_path / "clone"
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        if (REPOSITORY / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, folder / name)
    (folder / "deployments.yaml").write_text("")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "-m", "base")
    return folder


@pytest.fixture
def runner(tmp_path):
    """A runner's variables; no lab and no `pulumi` of this machine is found by them."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "CI": "true",
        "LAB_NAME": f"none-{os.getpid()}",
        "STAGECOACH_CACHE": str(cache_root()),
        # Of this run: another Python on that PATH would have an environment of its own made first.
        "PYTHON3": sys.executable,
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }


def run_plan(folder, runner, switch="false"):
    """The plan job's scripts one after the other; exit codes, job outputs, summary."""
    base = git(folder, "rev-parse", "main")
    contexts = {
        "github.event.pull_request.base.sha": base,
        "vars.STAGECOACH_ENGINE_PREVIEW || 'false'": switch,
    }
    codes = []
    for step in steps("preview.yml", "plan"):
        if "run" in step:
            done = run_step("preview.yml", "plan", step, folder=folder, contexts=contexts, environment=runner)
            codes.append(done.returncode)
            print(done.stdout, done.stderr)
            if done.returncode:
                break
    return codes, _text(runner["GITHUB_OUTPUT"]), _text(runner["GITHUB_STEP_SUMMARY"])


def _text(path):
    return Path(path).read_text() if Path(path).exists() else ""


def branch(folder, path, change):
    git(folder, "switch", "-q", "-c", "change")
    (folder / path).write_text(change((folder / path).read_text()))
    git(folder, "commit", "-q", "-a", "-m", "change")


class TestPlan:
    def test_a_stage_that_moves(self, clone, runner):
        branch(clone, "Pulumi.stage1.yaml", lambda text: text.replace("stage: 1", "stage: 2"))
        codes, outputs, summary = run_plan(clone, runner)
        assert codes == [0, 0]
        assert outputs == "relevant=true\n"
        assert summary.startswith(MARKER)
        assert "### `Pulumi.stage1.yaml`, not deployed" in summary
        assert "- **Server:** `cx23` → `cx33`, resized in place" in summary
        assert "No engine preview: deployments.yaml names no running deployment." in summary
        assert git(clone, "status", "--porcelain") == ""

    def test_what_others_merged_is_no_change_of_ours(self, clone, runner):
        """main moves on after the branch was made."""
        branch(clone, "Pulumi.stage1.yaml", lambda text: text.replace("stage: 1", "stage: 2"))
        git(clone, "switch", "-q", "main")
        (clone / "Pulumi.stage3.yaml").write_text((clone / "Pulumi.stage3.yaml").read_text().replace("1.0.0", "1.1.0"))
        git(clone, "commit", "-q", "-a", "-m", "theirs")
        git(clone, "switch", "-q", "change")
        _, _, summary = run_plan(clone, runner)
        assert "Pulumi.stage1.yaml" in summary
        assert "Pulumi.stage3.yaml" not in summary

    def test_documentation_only(self, clone, runner):
        branch(clone, "README.md", lambda text: text + "\nmore\n")
        codes, outputs, summary = run_plan(clone, runner)
        assert codes == [0, 0]
        assert outputs == "relevant=false\n"
        assert "No stack file changes." in summary

    def test_a_broken_stack_file_fails_the_job_and_is_in_the_summary(self, clone, runner):
        branch(clone, "Pulumi.stage1.yaml", lambda text: text.replace("region", "regoin"))
        codes, _, summary = run_plan(clone, runner)
        assert codes == [0, 2]
        assert "> - `Pulumi.stage1.yaml` cannot be used" in summary
        assert "Did you mean region?" in summary

    def test_a_refused_plan_fails_the_job(self, clone, runner):
        branch(clone, "Pulumi.stage2.yaml", lambda text: text + "  stagecoach:instance_type: cx23\n")
        codes, _, summary = run_plan(clone, runner)
        assert codes == [0, 2]  # make's own code for any failure
        assert "does not fit: cx23" in summary

    def test_an_engine_preview_that_is_off_is_said(self, clone, runner):
        """Where one could be: with a deployment, and nothing else missing."""
        (clone / "deployments.yaml").write_text("shop: stage1\n")
        git(clone, "commit", "-q", "-a", "-m", "it runs")
        branch(clone, "Pulumi.stage1.yaml", lambda text: text.replace("stage: 1", "stage: 2"))
        codes, _, summary = run_plan(clone, runner)
        assert codes == [0, 0]
        assert "No engine preview: STAGECOACH_ENGINE_PREVIEW is not true in this repository" in summary


@pytest.fixture
def api():
    with GithubApi() as running:
        yield running


class TestSettings:
    """The jobs in front of those that get secrets."""

    def run(self, name, clone, runner, api, **variables):
        contexts = {
            "github.token": "t0ken",
            "github.event.repository.private": "false",
            "vars.STAGECOACH_RUNNER": "",
            "vars.STAGECOACH_PREVIEW_RUNNER": "",
            "vars.STAGECOACH_PUSHERS_ARE_TRUSTED": "",
        } | variables
        environment = {**runner, "GITHUB_API_URL": api.address, "GITHUB_REPOSITORY": "acme/shop"}
        step = next(step for step in steps(name, "settings") if "run" in step)
        return run_step(name, "settings", step, folder=clone, contexts=contexts, environment=environment)

    def deploys(self, clone):
        (clone / "deployments.yaml").write_text("# what runs\n\nshop: stage1\n")

    def test_production_that_any_branch_may_use(self, clone, runner, api):
        """What a workflow makes that names it, and what every repository had that was set up before."""
        self.deploys(clone)
        api.add_environment("production", reviewers=1)
        done = self.run("deploy.yml", clone, runner, api)
        assert done.returncode == 1
        assert "must be the branch main and nothing else" in done.stderr
        assert "::error title=Settings of the repository::environment production" in done.stdout

    def test_production_that_is_bound_to_main(self, clone, runner, api):
        self.deploys(clone)
        api.add_environment("production", policy="custom", branches=[("branch", "main")])
        done = self.run("deploy.yml", clone, runner, api, **{"github.event.repository.private": "true"})
        assert (done.returncode, done.stderr) == (0, "")
        assert "the environment production may be used" in done.stdout
        assert "with Enterprise only" in done.stdout

    def test_a_private_repository_whose_owner_trusts_everybody(self, clone, runner, api):
        self.deploys(clone)
        variables = {"github.event.repository.private": "true", "vars.STAGECOACH_PUSHERS_ARE_TRUSTED": "true"}
        assert self.run("deploy.yml", clone, runner, api, **variables).returncode == 0
        assert self.run("preview.yml", clone, runner, api, **variables).returncode == 0

    def test_nothing_is_deployed_from_here(self, clone, runner, api):
        """As the repository comes: GitHub is not even asked."""
        shipped = (REPOSITORY / "deployments.yaml").read_text()
        (clone / "deployments.yaml").write_text(f"{shipped}\n  \n# shop: stage1\n")
        assert self.run("deploy.yml", clone, runner, api).returncode == 0
        assert api.tokens == set()

    def test_a_preview_without_reviewers(self, clone, runner, api):
        api.add_environment("preview")
        done = self.run("preview.yml", clone, runner, api)
        assert done.returncode == 1
        assert "before anybody has looked at it" in done.stderr

    def test_a_preview_on_the_updates_runner(self, clone, runner, api):
        api.add_environment("preview", reviewers=1)
        labels = {"vars.STAGECOACH_RUNNER": "shop", "vars.STAGECOACH_PREVIEW_RUNNER": "shop"}
        done = self.run("preview.yml", clone, runner, api, **labels)
        assert done.returncode == 1
        assert "must be another runner than STAGECOACH_RUNNER" in done.stderr

    def test_a_preview_that_is_looked_at(self, clone, runner, api):
        api.add_environment("preview", reviewers=1)
        labels = {"vars.STAGECOACH_RUNNER": "shop", "vars.STAGECOACH_PREVIEW_RUNNER": "once"}
        done = self.run("preview.yml", clone, runner, api, **labels)
        assert (done.returncode, done.stderr) == (0, "")

    def test_a_runner_that_is_kept(self, tmp_path, runner):
        """The first preview on it runs, the second is refused."""
        [step] = [one for one in steps("preview.yml", "preview") if one.get("name") == "A fresh machine"]
        runs = [
            run_step("preview.yml", "preview", step, folder=tmp_path, contexts={}, environment=runner) for _ in range(2)
        ]
        assert [done.returncode for done in runs] == [0, 1]
        assert "::error::This runner has run a preview before" in runs[1].stdout


class TestComment:
    def run(self, clone, runner, api, *, relevant="true"):
        """The comment step, after the download of both jobs' files."""
        contexts = {
            "github.token": "t0ken",
            "github.event.pull_request.number": "7",
            "needs.plan.outputs.relevant": relevant,
        }
        environment = {**runner, "GITHUB_API_URL": api.address, "GITHUB_REPOSITORY": "acme/shop"}
        step = next(step for step in steps("preview.yml", "comment") if "run" in step)
        done = run_step("preview.yml", "comment", step, folder=clone, contexts=contexts, environment=environment)
        assert done.returncode == 0, done.stderr

    def leave(self, clone, job, text):
        path = clone / "comments" / f"comment-{job}" / "comment.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{MARKER}\n{text}")

    def test_the_plan_first_then_the_engines_preview_in_the_same_comment(self, clone, runner, api):
        api.add("anna", "please look")
        self.leave(clone, "plan", "plan only")
        self.run(clone, runner, api)
        self.leave(clone, "preview", "with the engine")
        self.run(clone, runner, api)
        assert [(one["user"]["login"], one["body"]) for one in api.comments] == [
            ("anna", "please look"),
            (BOT, f"{MARKER}\nwith the engine"),
        ]

    def test_nothing_to_say(self, clone, runner, api):
        self.leave(clone, "plan", "nothing")
        self.run(clone, runner, api, relevant="false")
        assert api.comments == []
