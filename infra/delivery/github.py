"""Keep one comment under a pull request up to date: `python3 -m infra.delivery.github comment.md`.

It uses only the standard library: it runs with a token that may write, on the base's code and without any package.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.delivery.github_api import Api
from infra.delivery.marker import MARKER
from infra.errors import ConfigError, Problem, StagecoachError

_AUTHOR = "github-actions[bot]"  # the name of a workflow's own token; comments by anyone else are left alone
_VARIABLES = ("GITHUB_API_URL", "GITHUB_REPOSITORY", "PULL_REQUEST", "GITHUB_TOKEN")
_PAGE = 100  # comments per request, the API's maximum


@dataclass(frozen=True, kw_only=True)
class PullRequest:
    """Name the pull request that the comment belongs to."""

    api: Api
    repository: str
    number: int

    def write(self, body: str, *, create: bool = True) -> str | None:
        """Update the comment; create it if there is none and `create` is true.

        Args:
            body: the comment's Markdown, which starts with `MARKER`.
            create: False writes nothing if there is no comment yet.

        Returns:
            The comment's address; None if nothing was written.

        Raises:
            StagecoachError: the API refused.
        """
        found = self._own()
        if found is None and not create:
            return None
        if found is None:
            made = self.api.call("POST", f"/repos/{self.repository}/issues/{self.number}/comments", {"body": body})
        else:
            made = self.api.call("PATCH", f"/repos/{self.repository}/issues/comments/{found}", {"body": body})
        return str(made["html_url"])

    def _own(self) -> int | None:
        page = 1
        while True:
            path = f"/repos/{self.repository}/issues/{self.number}/comments?per_page={_PAGE}&page={page}"
            comments: list[dict[str, Any]] = self.api.call("GET", path)
            for one in comments:
                if one["user"]["login"] == _AUTHOR and str(one["body"]).startswith(MARKER):
                    return int(one["id"])
            if len(comments) < _PAGE:
                return None
            page += 1


def main(arguments: list[str], environment: Mapping[str, str]) -> int:
    """Post the named file; return 0 if that worked, 2 for wrong input or if GitHub did not answer."""
    try:
        where, body = _read(arguments, environment)
        written = where.write(body, create=environment.get("CREATE") != "false")
        sys.stdout.write(f"{written or 'nothing to say, and no comment to correct'}\n")
    except StagecoachError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def _read(arguments: list[str], environment: Mapping[str, str]) -> tuple[PullRequest, str]:
    empty = [name for name in _VARIABLES if not environment.get(name)]
    problems = [Problem(path=name, value="", allowed="is required", hint="Set it") for name in empty]
    body = ""
    try:
        body = Path(*arguments).read_text()
    except (OSError, UnicodeDecodeError) as error:
        hint = "`python -m infra comment --output` writes it"
        problems.append(Problem(path=" ".join(arguments), value="", allowed=str(error), hint=hint))
    else:
        if not body.startswith(MARKER):
            hint = "Name a file that `python -m infra comment --output` wrote"
            problems.append(Problem(path=arguments[0], value="", allowed=f"starts with {MARKER}", hint=hint))
    if problems:
        raise ConfigError("there is nothing to post", problems)
    where = PullRequest(
        api=Api(
            address=environment["GITHUB_API_URL"],
            token=environment["GITHUB_TOKEN"],
            permission="pull-requests: write",
        ),
        repository=environment["GITHUB_REPOSITORY"],
        number=int(environment["PULL_REQUEST"]),
    )
    return where, body


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
