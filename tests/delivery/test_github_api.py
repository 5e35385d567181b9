"""Requests with a workflow's own token, over real HTTP against a small GitHub."""

import pytest

from infra.delivery.github_api import Api, GithubError
from tests.servers.github_api import GithubApi

_PRODUCTION = "/repos/acme/shop/environments/production"


@pytest.fixture
def server():
    with GithubApi() as running:
        yield running


@pytest.fixture
def api(server):
    return Api(address=server.address, token="t0ken", permission="actions: read")


class TestFind:
    def test_what_is_there(self, server, api):
        server.add_environment("production")
        assert api.find(_PRODUCTION)["name"] == "production"
        assert server.tokens == {"Bearer t0ken"}

    def test_what_is_not(self, api):
        assert api.find(_PRODUCTION) is None

    def test_a_refusal_is_no_absence(self, server, api):
        server.refuse = 403
        with pytest.raises(GithubError, match=r"GET /repos/acme/shop/environments/production: 403") as caught:
            api.find(_PRODUCTION)
        assert caught.value.status == 403
        assert "permissions: actions: read" in str(caught.value)
        assert "t0ken" not in str(caught.value)

    def test_nobody_answers(self, server, api):
        server.stop()
        with pytest.raises(GithubError, match="GitHub did not answer") as caught:
            api.find(_PRODUCTION)
        assert caught.value.status is None
