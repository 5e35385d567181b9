"""Which branches may use an environment of the repository, and who has to approve, as GitHub's API says it.

https://docs.github.com/en/rest/deployments/environments and .../branch-policies: with a workflow's own token both need
`permissions: actions: read`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from infra.delivery.github_api import Api, GithubError

ANY = "every branch and tag"
# Not `main` alone: every branch with a protection rule, and where the repository has no such rule every branch at all.
PROTECTED = "every protected branch"
_FORBIDDEN = 403
_PAGE = 100  # policies a request, the API's maximum; one more than one is too many already


@dataclass(frozen=True, kw_only=True)
class Environment:
    """One environment and what GitHub asks before a job gets its secrets."""

    name: str
    places: tuple[str, ...]  # where a workflow may run to use it: `branch main`, `tag v*`, ANY or PROTECTED
    reviewers: int  # people and teams of whom one has to approve; 0: nobody

    def bound_to(self, branch: str) -> bool:
        """Whether it takes workflows of this branch and of nothing else."""
        return self.places == (f"branch {branch}",)


def read_environment(api: Api, repository: str, name: str) -> Environment | None:
    """The environment; None where the repository has none of that name, or its plan has no environments.

    Args:
        api: With a token that has `actions: read`.
        repository: OWNER/NAME.
        name: Of the environment.

    Raises:
        GithubError: the API refused, or did not answer.
    """
    path = f"/repos/{repository}/environments/{name}"
    found = _find(api, path)
    if found is None:
        return None
    rules: list[dict[str, Any]] = found.get("protection_rules") or []
    asked = [one.get("reviewers") or [] for one in rules if one.get("type") == "required_reviewers"]
    return Environment(name=name, places=_places(api, path, found), reviewers=sum(map(len, asked)))


def _find(api: Api, path: str) -> dict[str, Any] | None:
    """GitHub answers 403 with `Upgrade to GitHub Pro ...` where the plan has not got what is asked for."""
    try:
        found: dict[str, Any] | None = api.find(path)
    except GithubError as error:
        if error.status == _FORBIDDEN and "upgrade to" in str(error).lower():
            return None
        raise
    return found


def _places(api: Api, path: str, found: dict[str, Any]) -> tuple[str, ...]:
    policy: dict[str, bool] | None = found.get("deployment_branch_policy")
    if policy is None:
        return (ANY,)
    if not policy["custom_branch_policies"]:
        return (PROTECTED,)
    listed = api.call("GET", f"{path}/deployment-branch-policies?per_page={_PAGE}")["branch_policies"]
    # An answer without `type` is of a server from before tags could be named (GitHub Enterprise Server 3.10).
    return tuple(sorted(f"{one.get('type', 'branch')} {one['name']}" for one in listed))
