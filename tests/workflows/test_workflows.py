"""What the workflows may do, and with what."""

import re
import subprocess

import pytest

from infra.delivery.stack_changes import PROGRAM
from lab.toolchain.build import ensure
from lab.toolchain.programs import ACTIONLINT, PULUMI_VERSION
from tests.proof.parts import PROOFS
from tests.workflows.reading import FOLDER, NAMES, REPOSITORY, steps, workflow

RUNNER = re.compile(r"vars\.(\w+)")
PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


@pytest.mark.actionlint
def test_actionlint_finds_nothing():
    """With shellcheck for the scripts."""
    command = [ensure(ACTIONLINT), "-color=false", "-shellcheck", REPOSITORY / ".venv/bin/shellcheck"]
    done = subprocess.run([*command, *sorted(FOLDER.glob("*.yml"))], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.actionlint
def test_actionlint_uses_shellcheck(tmp_path):
    """A script with an unquoted variable is found, or the test above proves little."""
    text = re.sub(r"run: sudo .*\.ci/run", "run: cat $HOME/x", (FOLDER / "ci.yml").read_text())
    path = tmp_path / "bad.yml"
    path.write_text(text)
    command = [ensure(ACTIONLINT), "-color=false", "-shellcheck", REPOSITORY / ".venv/bin/shellcheck", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "SC2086" in done.stdout


def test_every_workflow_is_known():
    assert NAMES == ["ci.yml", "deploy.yml", "preview.yml", "proof.yml"]


@pytest.mark.parametrize("name", NAMES)
class TestEvery:
    def test_never_pull_request_target(self, name):
        """It would run a fork's code with secrets."""
        assert "pull_request_target" not in (FOLDER / name).read_text()

    def test_actions_are_pinned_by_commit(self, name):
        uses = [line.strip() for line in (FOLDER / name).read_text().splitlines() if "uses:" in line]
        assert uses
        assert [line for line in uses if not PINNED.search(line)] == []

    def test_no_permission_that_is_not_asked_for(self, name):
        """Nothing for the workflow; a job names what it needs."""
        content = workflow(name)
        assert content["permissions"] == {}
        wanted = {job["permissions"].get("contents") for job in content["jobs"].values()}
        assert wanted == {"read"}

    def test_secrets_only_in_an_environment(self, name):
        """A job that names none gets none."""
        for job in workflow(name)["jobs"].values():
            assert ("secrets." in str(job)) == ("environment" in job)

    def test_no_expression_in_a_script(self, name):
        """Values reach a script through its environment, where a branch's name is no command."""
        scripts = [step.get("run", "") for job in workflow(name)["jobs"].values() for step in job["steps"]]
        assert [script for script in scripts if "${{" in script] == []

    def test_the_token_is_not_left_in_the_checkout(self, name):
        for job in workflow(name)["jobs"].values():
            checkout = job["steps"][0]
            assert checkout["uses"].startswith("actions/checkout@")
            assert checkout["with"]["persist-credentials"] is False

    def test_the_cli_is_the_tested_one(self, name):
        found = [step["with"] for job in workflow(name)["jobs"].values() for step in job["steps"] if "with" in step]
        versions = {one["pulumi-version"] for one in found if "pulumi-version" in one}
        assert versions <= {PULUMI_VERSION}


class TestTests:
    """CI and the nightly proofs."""

    def test_every_proof_is_run_once(self):
        listed = workflow("proof.yml")["jobs"]["prove"]["strategy"]["matrix"]["parts"]
        assert sorted(",".join(listed).split(",")) == sorted(one.name for one in PROOFS)

    def test_pull_requests_run_make_test(self):
        assert "pull_request" in workflow("ci.yml")["on"]
        assert set(workflow("proof.yml")["on"]) == {"schedule", "workflow_dispatch"}

    @pytest.mark.parametrize(
        ("name", "job", "command"),
        [("ci.yml", "test", ".ci/run"), ("proof.yml", "build", "make tools"), ("proof.yml", "prove", "make proof")],
    )
    def test_root_where_it_is_needed(self, name, job, command):
        """An ordinary user's run leaves parts out, which is an error under CI."""
        [script] = [step["run"] for step in steps(name, job) if command in step.get("run", "")]
        assert script.startswith('sudo env "PATH=$PATH" "STAGECOACH_CACHE=$STAGECOACH_CACHE" ')

    @pytest.mark.parametrize(("name", "job"), [("ci.yml", "test"), ("proof.yml", "build"), ("proof.yml", "prove")])
    def test_the_cache_is_the_runs_own_folder(self, name, job):
        """Kept under one key by every job, which names the files that decide what is built."""
        [cache] = [step["with"] for step in steps(name, job) if step.get("uses", "").startswith("actions/cache")]
        assert cache["path"] == workflow(name)["env"]["STAGECOACH_CACHE"]
        assert cache["key"] == steps("ci.yml", "test")[2]["with"]["key"]


class TestPreview:
    def test_only_the_comment_job_may_write(self):
        jobs = workflow("preview.yml")["jobs"]
        writing = {name for name, job in jobs.items() if "write" in job["permissions"].values()}
        assert writing == {"comment"}

    def test_the_comment_job_runs_the_bases_code(self):
        checkout = steps("preview.yml", "comment")[0]
        assert checkout["with"]["ref"] == "${{ github.event.pull_request.base.sha }}"

    def test_secrets_are_for_branches_of_this_repository(self):
        same = "github.event.pull_request.head.repo.full_name == github.repository"
        jobs = workflow("preview.yml")["jobs"]
        assert {name for name, job in jobs.items() if same in str(job.get("if"))} == {"settings", "preview", "comment"}

    def test_the_engines_preview_is_off_until_it_is_switched_on(self):
        """Its job runs the pull request's own Python beside the passphrase."""
        jobs = workflow("preview.yml")["jobs"]
        for name in ("preview", "settings"):
            assert jobs[name]["if"].startswith("vars.STAGECOACH_ENGINE_PREVIEW == 'true' &&")
        assert "settings" in jobs["preview"]["needs"]
        assert [name for name, job in jobs.items() if "secrets." in str(job)] == ["preview"]

    def test_the_settings_are_read_by_the_bases_code(self):
        checkout = steps("preview.yml", "settings")[0]
        assert checkout["with"]["ref"] == "${{ github.event.pull_request.base.sha }}"

    def test_the_updates_runner_is_never_a_previews(self):
        """One label for both would let a branch leave a program that waits for the update's secrets."""
        runners = {
            name: RUNNER.findall(str(job["runs-on"])) for file in NAMES for name, job in workflow(file)["jobs"].items()
        }
        assert {name: found for name, found in runners.items() if found} == {
            "preview": ["STAGECOACH_PREVIEW_RUNNER"],
            "update": ["STAGECOACH_RUNNER"],
        }

    def test_a_fresh_machine_comes_before_everything_that_runs(self):
        scripts = [step["name"] for step in steps("preview.yml", "preview") if "run" in step]
        assert scripts[0] == "A fresh machine"


class TestDeploy:
    def test_never_two_at_once(self):
        assert workflow("deploy.yml")["concurrency"] == {"group": "deploy", "cancel-in-progress": False}

    def test_only_from_main_and_with_approval(self):
        content = workflow("deploy.yml")
        assert content["on"]["push"]["branches"] == ["main"]
        job = content["jobs"]["update"]
        assert job["environment"] == "production"
        assert job["if"] == "github.ref == 'refs/heads/main'"

    def test_the_settings_come_first(self):
        """Without a secret and on GitHub's own runner."""
        jobs = workflow("deploy.yml")["jobs"]
        assert jobs["update"]["needs"] == "settings"
        assert jobs["settings"]["runs-on"] == "ubuntu-latest"
        assert jobs["settings"]["permissions"] == {"contents": "read", "actions": "read"}
        assert "environment" not in jobs["settings"]

    def test_what_decides_an_update_starts_one(self):
        """The same list in the deploy workflow, in the plan job and in the program."""
        paths = set(workflow("deploy.yml")["on"]["push"]["paths"])
        program = {pattern.replace("/*", "/**") for pattern in PROGRAM} - {"Pulumi.yaml"}
        assert paths == program | {"Pulumi*.yaml", "deployments.yaml"}
        script = next(step["run"] for step in steps("preview.yml", "plan") if step.get("id") == "changes")
        listed = script.split("--", 2)[2].split(";", 1)[0].replace("\\", "").replace("'", "").split()
        assert {path.removesuffix("/**") for path in paths} == set(listed)

    def test_what_is_opened_is_always_closed(self):
        """The last step, whatever became of the others; before the update, and only where it is asked for."""
        made = {one.get("name"): one for one in steps("deploy.yml", "update")}
        names = list(made)
        assert names.index("Open") < names.index("Guard and update") < names.index("Close") == len(names) - 1
        asked = "vars.STAGECOACH_OPEN_ACCESS == 'true'"
        assert made["Open"]["if"] == asked
        assert made["Close"]["if"] == f"always() && {asked}"
        assert made["Open"]["env"] == made["Close"]["env"]

    def test_a_preview_opens_nothing(self):
        """It runs the pull request's code: a token that may write is not beside it."""
        assert "runner-access" not in (FOLDER / "preview.yml").read_text()
