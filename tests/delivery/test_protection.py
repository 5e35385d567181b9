"""What the settings of a repository must be before a job gets the stacks' secrets."""

import subprocess
import sys

import pytest

from infra.delivery.environments import ANY, PROTECTED, Environment
from infra.delivery.protection import Settings, judge_preview, judge_production, main
from tests.servers.github_api import GithubApi
from tests.waiting import patience
from tests.workflows.reading import REPOSITORY

_BOUND = ("branch main",)
_TRUST = "STAGECOACH_PUSHERS_ARE_TRUSTED"


def environment(name, *, places=(ANY,), reviewers=0):
    return Environment(name=name, places=places, reviewers=reviewers)


def settings(*, private=False, trusted=False, update_runner="", preview_runner=""):
    return Settings(private=private, trusted=trusted, update_runner=update_runner, preview_runner=preview_runner)


def text(judgement):
    return "\n".join(map(str, judgement.problems))


class TestProduction:
    def test_bound_to_main_and_reviewed(self):
        judged = judge_production(environment("production", places=_BOUND, reviewers=1), settings())
        assert (judged.problems, judged.notices) == ((), ())

    @pytest.mark.parametrize("places", [(ANY,), (PROTECTED,), (), ("tag main",), ("branch main", "tag v*")])
    @pytest.mark.parametrize("private", [True, False])
    def test_reviewers_do_not_replace_the_branch(self, places, private):
        """An approval is given to a run, whose branch nobody has to look at."""
        found = environment("production", places=places, reviewers=3)
        said = text(judge_production(found, settings(private=private)))
        assert f"deployment branches = {', '.join(places) or 'none'}: must be the branch main and nothing else" in said
        assert "Selected branches and tags" in said

    @pytest.mark.parametrize(("private", "words"), [(True, "with Enterprise only"), (False, "Add them in Settings")])
    def test_no_reviewers_is_said_and_no_refusal(self, private, words):
        judged = judge_production(environment("production", places=_BOUND), settings(private=private))
        assert judged.problems == ()
        [notice] = judged.notices
        assert "production has no required reviewers: what is merged to main updates the stacks" in notice
        assert words in notice
        assert "protect main" in notice

    def test_none_in_a_public_repository(self):
        said = text(judge_production(None, settings()))
        assert "this repository has no such environment" in said
        assert "GitHub Free" not in said

    def test_none_in_a_private_repository(self):
        """Which may be on a plan without environments."""
        said = text(judge_production(None, settings(private=True)))
        assert "with GitHub Pro, Team or Enterprise" in said
        assert "from your own machine" in said
        assert _TRUST in said


class TestPreview:
    def test_reviewed(self):
        judged = judge_preview(environment("preview", reviewers=1), settings(preview_runner="one", update_runner="two"))
        assert (judged.problems, judged.notices) == ((), ())

    def test_a_public_repository_has_reviewers_on_every_plan(self):
        said = text(judge_preview(environment("preview"), settings()))
        assert "run its own Python with the passphrase before anybody has looked at it" in said
        assert "add required reviewers" in said

    def test_a_private_one_only_with_enterprise(self):
        said = text(judge_preview(environment("preview"), settings(private=True)))
        assert "with Enterprise only" in said
        assert "Remove the variable STAGECOACH_ENGINE_PREVIEW and the secrets of preview" in said
        assert "`make preview` on your own machine" in said

    def test_a_branch_rule_is_no_look_at_the_branch(self):
        assert judge_preview(environment("preview", places=_BOUND), settings()).problems

    @pytest.mark.parametrize("runner", ["shop", "Shop"])
    def test_the_updates_runner(self, runner):
        """GitHub's labels are the same in upper and lower case."""
        judged = judge_preview(
            environment("preview", reviewers=1), settings(update_runner="shop", preview_runner=runner)
        )
        assert f"STAGECOACH_PREVIEW_RUNNER = {runner}: must be another runner than STAGECOACH_RUNNER" in text(judged)

    def test_githubs_own_runners_are_nobodys(self):
        assert judge_preview(environment("preview", reviewers=1), settings()).problems == ()
        assert judge_preview(environment("preview", reviewers=1), settings(update_runner="shop")).problems == ()

    def test_everything_at_once(self):
        judged = judge_preview(None, settings(trusted=True, update_runner="shop", preview_runner="shop"))
        assert [one.path for one in judged.problems] == [
            "variable STAGECOACH_PREVIEW_RUNNER",
            "environment preview",
            f"variable {_TRUST}",
        ]


class TestTrust:
    """The owner says by name that everybody who may push may have the secrets."""

    @pytest.mark.parametrize("judge", [judge_production, judge_preview])
    @pytest.mark.parametrize("found", [None, environment("production")])
    def test_a_private_repository(self, judge, found):
        judged = judge(found, settings(private=True, trusted=True))
        assert judged.problems == ()
        assert "everybody who may push can read the secrets" in judged.notices[0]

    @pytest.mark.parametrize("judge", [judge_production, judge_preview])
    @pytest.mark.parametrize("found", [None, environment("production")])
    def test_never_a_public_one(self, judge, found):
        """It has environments and their rules for nothing."""
        judged = judge(found, settings(trusted=True))
        assert f"variable {_TRUST} = true: is for private repositories" in text(judged)

    def test_the_updates_runner_stays_the_updates(self):
        trusted = settings(private=True, trusted=True, update_runner="shop", preview_runner="shop")
        assert len(judge_preview(environment("preview"), trusted).problems) == 1

    def test_says_nothing_where_the_walls_stand(self):
        found = environment("production", places=_BOUND, reviewers=1)
        assert judge_production(found, settings(private=True, trusted=True)).notices == ()


class TestMain:
    @pytest.fixture
    def server(self):
        with GithubApi() as running:
            yield running

    def values(self, server, **more):
        return {
            "GITHUB_API_URL": server.address,
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_TOKEN": "t0ken",
            "PRIVATE": "false",
        } | more

    def test_bound(self, server, capsys):
        server.add_environment("production", policy="custom", branches=[("branch", "main")], reviewers=1)
        assert main(["production"], self.values(server)) == 0
        assert capsys.readouterr().out == "the environment production may be used\n"

    def test_not_bound(self, server, capsys):
        """On the run's first page, and whole in the log; the token in neither."""
        server.add_environment("production", reviewers=1)
        assert main(["production"], self.values(server)) == 1
        out, error = capsys.readouterr()
        assert out.startswith(
            "::error title=Settings of the repository::environment production, deployment branches = "
        )
        assert error.startswith("this repository does not keep the secrets of production\n  - environment production")
        assert "t0ken" not in out + error

    def test_a_name_is_no_command_of_the_runner(self, server, capsys):
        server.add_environment("production", policy="custom", branches=[("branch", "a%0A\n::stop-commands::x")])
        assert main(["production"], self.values(server)) == 1
        out = capsys.readouterr().out
        assert "a%250A\\n::stop-commands::x" in out
        assert [line[:8] for line in out.splitlines()] == ["::error "]

    def test_a_private_repository_without_reviewers(self, server, capsys):
        server.add_environment("production", policy="custom", branches=[("branch", "main")])
        assert main(["production"], self.values(server, PRIVATE="true")) == 0
        assert (
            "::warning title=Settings of the repository::The environment production has no" in capsys.readouterr().out
        )

    def test_runners_and_trust_reach_the_judge(self, server, capsys):
        more = {"PRIVATE": "true", _TRUST: "true", "UPDATE_RUNNER": "shop ", "PREVIEW_RUNNER": " shop"}
        assert main(["preview"], self.values(server, **more)) == 1
        out = capsys.readouterr().out
        assert "STAGECOACH_PREVIEW_RUNNER = shop" in out
        assert "::warning" in out

    def test_a_token_that_may_not_read(self, server, capsys):
        server.refuse = 403
        assert main(["production"], self.values(server)) == 2
        assert "permissions: actions: read" in capsys.readouterr().err

    def test_everything_that_is_missing_at_once(self, capsys):
        assert main(["staging"], {}) == 2
        said = capsys.readouterr().err
        for word in ("GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN", "PRIVATE", "argument = staging"):
            assert word in said

    def test_without_any_package(self):
        """It is run by the runner's own Python, before anything is installed."""
        modules = "infra.delivery.protection, infra.delivery.github"
        code = f"import sys; sys.path.insert(0, {str(REPOSITORY)!r}); import {modules}"
        command = [sys.executable, "-I", "-S", "-c", code]
        assert subprocess.run(command, check=False, timeout=patience(60)).returncode == 0
