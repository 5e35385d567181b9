"""Send requests to one cloud's HTTP API, with its token from the environment and the standard library alone."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

from infra.clouds.facts import CloudFacts
from infra.errors import ConfigError, Problem, RefusedError
from infra.no_redirect import NoRedirect

_SECONDS = 30


_OTHER_ADDRESS = "STAGECOACH_CLOUD_API"  # set it to use a proxy or the tests' server


class Api:
    """An API client sends the provider's token and turns every failure into an error for people."""

    def __init__(self, cloud: CloudFacts) -> None:
        """Read the token from the environment.

        Args:
            cloud: The facts of the cloud.

        Raises:
            ConfigError: The environment variable is not set.
        """
        variable = cloud.api.token.variable
        self.address = os.environ.get(_OTHER_ADDRESS) or cloud.api.url
        self.token = os.environ.get(variable, "")
        if not self.token:
            allowed = f"a token of {cloud.title} that may write firewalls"
            problem = Problem(path=variable, value="", allowed=allowed, hint=f"export {variable}=...")
            raise ConfigError("the cloud can't be asked", [problem])

    def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Send one request and return the JSON object of the answer, or an empty one.

        Args:
            method: The HTTP method.
            path: The path after the API's address, with its query.
            body: The request's JSON object, if it has one.

        Raises:
            RefusedError: The cloud answered with an error, or not at all.
        """
        request = urllib.request.Request(  # noqa: S310  the addresses above
            self.address + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.build_opener(NoRedirect).open(request, timeout=_SECONDS) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            said = " ".join(error.read(500).decode(errors="replace").split())
            raise self._refused(method, path, f"{error.code}: {said}") from None
        except OSError as error:
            raise self._refused(method, path, str(error)) from None
        try:
            found = json.loads(text) if text.strip() else {}
        except ValueError:
            raise self._refused(method, path, "a page that is no JSON") from None
        return found if isinstance(found, dict) else {}

    def items(self, path: str, key: str, more: Callable[[dict[str, Any]], str]) -> Iterator[Any]:
        """Yield what the cloud lists, page by page: what one page leaves out would stay open.

        Args:
            path: The path of the list, with a query.
            key: Where an answer has its entries.
            more: Returns what the next page's query adds to `path`, from an answer; empty after the last page.

        Raises:
            RefusedError: The cloud answered with an error, or not at all.
        """
        further = ""
        while True:
            answer = self.call("GET", path + further)
            yield from answer[key]
            following = more(answer)
            if not following or following == further:
                return
            further = following

    def _refused(self, method: str, path: str, said: str) -> RefusedError:
        hint = "Look at the token's rights and at the provider's status page; close what is left open in its console"
        problem = Problem(path=f"{method} {path}", value="", allowed=f"an answer, not {said}", hint=hint)
        return RefusedError("the cloud refused", [problem])
