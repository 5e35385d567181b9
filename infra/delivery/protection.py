"""Check that the repository's settings protect the stacks' secrets: `python3 -m infra.delivery.protection production`.

It runs before a job that gets secrets, with a token that may only read, on the base's code. A branch brings its own
workflows and can leave the check out: the check tells an owner which setting is missing, but only the settings
themselves keep the secrets safe (docs/adr/0042-walls-of-the-workflows.md). It uses only the standard library.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from infra.delivery.environments import Environment, read_environment
from infra.delivery.github_api import Api
from infra.errors import ConfigError, Problem, RefusedError, StagecoachError

_BRANCH = "main"  # the branch of deploy.yml
_PAGE = "docs/how-to/pull-requests.md"
_TRUST = "STAGECOACH_PUSHERS_ARE_TRUSTED"
_VARIABLES = ("GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN", "PRIVATE")
_WHERE = "Settings > Environments"
_TRUSTED = (
    f"{_TRUST} is true: everybody who may push can read the secrets of {{}} and do with the shop what an administrator "
    "can"
)
_ENTERPRISE = "GitHub has required reviewers for private repositories with Enterprise only"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Hold what the workflow knows about the repository."""

    private: bool
    # An owner confirms that everybody who may push may have the secrets. It counts only for a private repository.
    trusted: bool
    update_runner: str  # STAGECOACH_RUNNER; empty: a runner of GitHub
    preview_runner: str  # STAGECOACH_PREVIEW_RUNNER; empty: a runner of GitHub


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Hold the problems that must be fixed before the job may run, and notices for the owner."""

    problems: tuple[Problem, ...] = ()
    notices: tuple[str, ...] = ()


def judge_production(found: Environment | None, settings: Settings) -> Judgement:
    """Judge whether only workflows of `main` get the secrets of an update.

    Args:
        found: the environment `production`; None if there is none.
        settings: the repository's settings.
    """
    problem = _missing("production", settings) if found is None else _unbound(found)
    if problem and settings.private and settings.trusted:
        return Judgement(notices=(_TRUSTED.format("production"),))
    if problem:
        return Judgement(problems=(problem, *_public_trust(settings)))
    if found and not found.reviewers:
        return Judgement(notices=(_unreviewed(settings),))
    return Judgement()


def judge_preview(found: Environment | None, settings: Settings) -> Judgement:
    """Judge whether somebody approves a branch before its Python gets the passphrase, on a machine that no update uses.

    Args:
        found: the environment `preview`; None if there is none.
        settings: the repository's settings.
    """
    problems = _shared_runner(settings)
    problem = _missing("preview", settings) if found is None else _unasked(found, settings)
    if problem and settings.private and settings.trusted:
        return Judgement(problems=problems, notices=(_TRUSTED.format("preview"),))
    if problem:
        problems += (problem, *_public_trust(settings))
    return Judgement(problems=problems)


_JUDGES = {"production": judge_production, "preview": judge_preview}


def _missing(name: str, settings: Settings) -> Problem:
    said = "this repository has no such environment, and nothing keeps its secrets apart"
    hint = f"Make it in {_WHERE}, with the secrets and rules of {_PAGE}"
    if settings.private:
        hint += (
            ". A private repository has environments with GitHub Pro, Team or Enterprise. With GitHub Free, deploy and "
            f"preview from your own machine; if everybody who may push may have the secrets, set {_TRUST} to true"
        )
    return Problem(path=f"environment {name}", value="", allowed=said, hint=hint)


def _unbound(found: Environment) -> Problem | None:
    if found.bound_to(_BRANCH):
        return None
    return Problem(
        path=f"environment {found.name}, deployment branches",
        value=", ".join(found.places) or "none",
        allowed=f"must be the branch {_BRANCH} and nothing else, or a workflow of another branch gets its secrets",
        hint=f"{_WHERE} > {found.name} > Deployment branches and tags: choose `Selected branches and tags`, and make "
        f"the branch {_BRANCH} the only entry. Then run this workflow again",
    )


def _unasked(found: Environment, settings: Settings) -> Problem | None:
    if found.reviewers:
        return None
    hint = f"{_WHERE} > {found.name}: add required reviewers"
    if settings.private:
        hint = (
            f"{_ENTERPRISE}. Remove the variable STAGECOACH_ENGINE_PREVIEW and the secrets of {found.name}, and run "
            f"`make preview` on your own machine; if everybody who may push may have the secrets, set {_TRUST} to true"
        )
    return Problem(
        path=f"environment {found.name}, required reviewers",
        value="none",
        allowed="a pushed branch would run its own Python with the passphrase before anybody has looked at it",
        hint=hint,
    )


def _shared_runner(settings: Settings) -> tuple[Problem, ...]:
    """Return a problem if previews and updates share a runner; GitHub ignores upper and lower case in labels."""
    if not settings.preview_runner or settings.preview_runner.casefold() != settings.update_runner.casefold():
        return ()
    problem = Problem(
        path="variable STAGECOACH_PREVIEW_RUNNER",
        value=settings.preview_runner,
        allowed="must be another runner than STAGECOACH_RUNNER: what a branch leaves on it would wait for the update",
        hint="Name a runner that is made anew for every job, or remove the variable for GitHub's own",
    )
    return (problem,)


def _public_trust(settings: Settings) -> tuple[Problem, ...]:
    if settings.private or not settings.trusted:
        return ()
    problem = Problem(
        path=f"variable {_TRUST}",
        value="true",
        allowed="is for private repositories: a public one has environments and all their rules on every plan",
        hint="Remove it",
    )
    return (problem,)


def _unreviewed(settings: Settings) -> str:
    said = f"The environment production has no required reviewers: what is merged to {_BRANCH} updates the stacks. "
    if settings.private:
        return said + f"{_ENTERPRISE}; protect {_BRANCH}, so that a merge needs a pull request and an approval"
    return said + f"Add them in {_WHERE} > production, or protect {_BRANCH}"


def main(arguments: list[str], environment: Mapping[str, str]) -> int:
    """Judge the named environment.

    Returns:
        0 if the job may run, 1 if a setting is missing, 2 for wrong input or if GitHub did not answer.
    """
    try:
        name, settings = _read(arguments, environment)
        api = Api(address=environment["GITHUB_API_URL"], token=environment["GITHUB_TOKEN"], permission="actions: read")
        judgement = _JUDGES[name](read_environment(api, environment["GITHUB_REPOSITORY"], name), settings)
        for notice in judgement.notices:
            _annotate("warning", notice)
        if judgement.problems:
            raise RefusedError(f"this repository does not keep the secrets of {name}", judgement.problems)
    except StagecoachError as error:
        for problem in error.problems:
            _annotate("error", str(problem))
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(f"the environment {name} may be used\n")
    return 0


def _annotate(kind: str, text: str) -> None:
    """Print a line that GitHub shows on the run's first page, escaped as its workflow commands require."""
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    sys.stdout.write(f"::{kind} title=Settings of the repository::{escaped}\n")


def _read(arguments: list[str], environment: Mapping[str, str]) -> tuple[str, Settings]:
    empty = [name for name in _VARIABLES if not environment.get(name)]
    problems = [Problem(path=name, value="", allowed="is required", hint="Set it") for name in empty]
    name = " ".join(arguments)
    if name not in _JUDGES:
        allowed = "must be production or preview"
        problems.append(Problem(path="argument", value=name, allowed=allowed, hint="Name one environment"))
    if problems:
        raise ConfigError("the settings can't be checked", problems)
    settings = Settings(
        private=environment["PRIVATE"] == "true",
        trusted=environment.get(_TRUST) == "true",
        update_runner=environment.get("UPDATE_RUNNER", "").strip(),
        preview_runner=environment.get("PREVIEW_RUNNER", "").strip(),
    )
    return name, settings


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
