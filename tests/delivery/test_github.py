"""One comment, created once and updated afterwards, over real HTTP against a small GitHub."""

import pytest

from infra.delivery.github import PullRequest, main
from infra.delivery.github_api import Api
from infra.delivery.marker import MARKER
from infra.errors import StagecoachError
from tests.servers.github_api import BOT, GithubApi


@pytest.fixture
def api():
    with GithubApi() as running:
        yield running


@pytest.fixture
def where(api):
    reached = Api(address=api.address, token="t0ken", permission="pull-requests: write")
    return PullRequest(api=reached, repository="acme/shop", number=7)


class TestWrite:
    def test_created_then_updated(self, api, where):
        first = where.write(f"{MARKER}\none")
        second = where.write(f"{MARKER}\ntwo")
        assert first == second
        assert [(one["user"]["login"], one["body"]) for one in api.comments] == [(BOT, f"{MARKER}\ntwo")]

    def test_other_peoples_comments_stay(self, api, where):
        """Not even one that quotes ours from its first line on."""
        others = [api.add("anna", f"{MARKER}\nlook at this"), api.add(BOT, "another workflow's"), api.add("ben", "ok")]
        before = [dict(one) for one in others]
        where.write(f"{MARKER}\none")
        where.write(f"{MARKER}\ntwo")
        assert api.comments[:3] == before
        assert [one["body"] for one in api.comments[3:]] == [f"{MARKER}\ntwo"]

    def test_ours_is_found_behind_the_first_page(self, api, where):
        for number in range(100):
            api.add("anna", f"comment {number}")
        where.write(f"{MARKER}\none")
        where.write(f"{MARKER}\ntwo")
        assert len(api.comments) == 101

    def test_correct_only(self, api, where):
        """A change that has nothing to do with the stack writes no comment, but corrects one."""
        assert where.write(f"{MARKER}\nnothing", create=False) is None
        assert api.comments == []
        where.write(f"{MARKER}\none")
        where.write(f"{MARKER}\nnothing", create=False)
        assert [one["body"] for one in api.comments] == [f"{MARKER}\nnothing"]

    def test_the_token_is_sent(self, api, where):
        where.write(f"{MARKER}\none")
        assert api.tokens == {"Bearer t0ken"}

    def test_a_refusal_is_told_without_the_token(self, api, where):
        api.refuse = 403
        with pytest.raises(StagecoachError, match=r"GET /repos/acme/shop/issues/7/comments.*: 403") as caught:
            where.write(f"{MARKER}\none")
        assert "pull-requests: write" in str(caught.value)
        assert "t0ken" not in str(caught.value)

    def test_nobody_answers(self, api, where):
        api.stop()
        with pytest.raises(StagecoachError, match="GitHub did not answer"):
            where.write(f"{MARKER}\none")


class TestMain:
    def test_everything_that_is_missing_at_once(self, tmp_path, capsys):
        assert main([str(tmp_path / "nosuch.md")], {"GITHUB_API_URL": "http://127.0.0.1:1"}) == 2
        said = capsys.readouterr().err
        for name in ("GITHUB_REPOSITORY", "PULL_REQUEST", "GITHUB_TOKEN", "nosuch.md"):
            assert name in said

    def test_not_our_comment(self, tmp_path, capsys):
        path = tmp_path / "comment.md"
        path.write_text("hello")
        values = dict.fromkeys(("GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN"), "x") | {"PULL_REQUEST": "7"}
        assert main([str(path)], values) == 2
        assert "starts with <!-- stagecoach: preview -->" in capsys.readouterr().err
