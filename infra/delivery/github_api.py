"""Call GitHub's API with a workflow's own token, with the standard library alone."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from infra.errors import Problem, StagecoachError

_SECONDS = 30
_NOT_FOUND = 404


class GithubError(StagecoachError):
    """Say that GitHub refused or did not answer (exit code 2).

    Args:
        title: the first line.
        problem: the request and GitHub's answer; never the token.
        status: the answer's HTTP status; None if there was no answer.
    """

    def __init__(self, title: str, problem: Problem, status: int | None = None) -> None:
        super().__init__(title, [problem])
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Api:
    """Hold the API's address (`GITHUB_API_URL`), the job's token, and the permission to name when GitHub refuses."""

    address: str
    token: str
    permission: str

    def call(self, method: str, path: str, body: dict[str, str] | None = None) -> Any:  # noqa: ANN401  JSON
        """Send one request and return the answer's JSON.

        Args:
            method: the HTTP method.
            path: the path behind the API's address, with its query.
            body: an object that is sent as JSON; None: send no body.

        Raises:
            GithubError: the API refused, or did not answer within 30 seconds.
        """
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "User-Agent": "stagecoach",
        }
        data = json.dumps(body).encode() if body is not None else None
        url = self.address + path
        request = urllib.request.Request(url, data=data, headers=headers, method=method)  # noqa: S310  the runner names the address
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310  as above
                return json.load(answer)
        except urllib.error.HTTPError as error:
            said = error.read(500).decode(errors="replace")
            problem = self._problem(method, path, f"{error.code} {said}")
            raise GithubError("GitHub refused", problem, error.code) from None
        except (OSError, ValueError) as error:
            raise GithubError("GitHub did not answer", self._problem(method, path, str(error))) from None

    def find(self, path: str) -> Any:  # noqa: ANN401  JSON
        """Return the JSON at a path; None if GitHub knows nothing there (404).

        Raises:
            GithubError: the API refused otherwise, or did not answer.
        """
        try:
            return self.call("GET", path)
        except GithubError as error:
            if error.status == _NOT_FOUND:
                return None
            raise

    def _problem(self, method: str, path: str, said: str) -> Problem:
        hint = f"The job needs `permissions: {self.permission}`"
        return Problem(path=f"{method} {path}", value="", allowed=said, hint=hint)
