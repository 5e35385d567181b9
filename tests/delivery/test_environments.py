"""Environments as GitHub's API shows them, over real HTTP against a small GitHub."""

import pytest

from infra.delivery.environments import ANY, PROTECTED, Environment, read_environment
from infra.delivery.github_api import Api, GithubError
from tests.servers.github_api import GithubApi


@pytest.fixture
def server():
    with GithubApi() as running:
        yield running


def read(server, name="production"):
    api = Api(address=server.address, token="t0ken", permission="actions: read")
    return read_environment(api, "acme/shop", name)


class TestRead:
    def test_none(self, server):
        assert read(server) is None

    def test_a_plan_without_environments(self, server):
        """GitHub says it in words; whoever may not read at all gets other ones."""
        server.refuse, server.message = 403, "Upgrade to GitHub Pro or make this repository public"
        assert read(server) is None

    def test_a_token_that_may_not_read(self, server):
        server.refuse = 403
        with pytest.raises(GithubError, match="actions: read"):
            read(server)

    def test_one_that_a_workflow_made_by_naming_it(self, server):
        server.add_environment("production")
        assert read(server) == Environment(name="production", places=(ANY,), reviewers=0)

    def test_reviewers(self, server):
        server.add_environment("preview", reviewers=2)
        assert read(server, "preview").reviewers == 2

    def test_an_answer_without_rules_and_kinds(self, server):
        """As older servers give it."""
        server.add_environment("production", policy="custom", branches=[("branch", "main")])
        del server.environments["production"]["protection_rules"]
        del server.policies["production"][0]["type"]
        assert read(server) == Environment(name="production", places=("branch main",), reviewers=0)


class TestBound:
    @pytest.mark.parametrize(
        ("policy", "branches", "places"),
        [
            (None, [], (ANY,)),
            ("protected", [], (PROTECTED,)),
            ("custom", [], ()),
            ("custom", [("branch", "release/*")], ("branch release/*",)),
            ("custom", [("branch", "main*")], ("branch main*",)),
            ("custom", [("tag", "main")], ("tag main",)),
            (
                "custom",
                [("branch", "main"), ("branch", "refs/pull/*/merge")],
                ("branch main", "branch refs/pull/*/merge"),
            ),
            ("custom", [("branch", "main"), ("tag", "v*")], ("branch main", "tag v*")),
        ],
    )
    def test_to_something_else(self, server, policy, branches, places):
        server.add_environment("production", policy=policy, branches=branches)
        found = read(server)
        assert found.places == places
        assert not found.bound_to("main")

    def test_to_main_alone(self, server):
        server.add_environment("production", policy="custom", branches=[("branch", "main")])
        assert read(server).bound_to("main")
