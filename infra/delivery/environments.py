"""Ask GitHub which branches may use an environment of the repository, and who has to approve.

The API is described at https://docs.github.com/en/rest/deployments/environments and .../branch-policies. With a
workflow's own token both need `permissions: actions: read`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from infra.delivery.github_api import Api, GithubError

ANY = "every branch and tag"
# This is more than `main`: it means every branch with a protection rule, and every branch at all in a repository
# without such a rule.
PROTECTED = "every protected branch"
_FORBIDDEN = 403
_PAGE = 100  # policies per request, the API's maximum; two are too many already


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Describe an environment, and what GitHub checks before a job gets its secrets."""

    name: str
    places: tuple[str, ...]  # the refs whose workflows may use it: `branch main`, `tag v*`, ANY or PROTECTED
    reviewers: int  # the number of people and teams of whom one has to approve; 0: nobody has to

    def bound_to(self, branch: str) -> bool:
        """Return whether it accepts workflows of this branch and of no other."""
        return self.places == (f"branch {branch}",)


def read_environment(api: Api, repository: str, name: str) -> Environment | None:
    """Return the environment; None if the repository has none of that name, or its GitHub plan has no environments.

    Args:
        api: an API whose token has `actions: read`.
        repository: OWNER/NAME.
        name: the environment's name.

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
    """Return GitHub's answer; None for 404, or if the repository's GitHub plan lacks the feature.

    For a missing feature, GitHub answers 403 with `Upgrade to GitHub Pro ...`.
    """
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
    # GitHub Enterprise Server before 3.10 sends no `type`, because only branches could be named then.
    return tuple(sorted(f"{one.get('type', 'branch')} {one['name']}" for one in listed))
