"""Tokens are files of k3s's format; another token does not open an old data-dir."""

import pytest

from lab.nodes.real.k3s.guest.layout import Layout
from lab.nodes.real.k3s.guest.refusal import RefusalError
from lab.nodes.real.k3s.guest.tokens import hash_of, keep_tokens, password_of, require_authority


@pytest.fixture
def authority(tmp_path):
    path = tmp_path / "server-ca.crt"
    path.write_text("PEM")
    return path


class TestKeepTokens:
    def test_full_format(self, tmp_path, authority):
        layout = Layout(tmp_path)
        assert keep_tokens(layout, authority, "secret", "for-agents") == ("secret", "for-agents")
        assert (layout.server / "token").read_text() == f"K10{hash_of(b'PEM')}::server:secret\n"
        assert (layout.server / "agent-token").read_text() == f"K10{hash_of(b'PEM')}::node:for-agents\n"

    def test_without_one_it_is_made_and_kept(self, tmp_path, authority):
        made = keep_tokens(Layout(tmp_path), authority, "", "")
        assert len(made[0]) == 32
        assert keep_tokens(Layout(tmp_path), authority, "", "") == made

    def test_another_one_is_refused(self, tmp_path, authority):
        keep_tokens(Layout(tmp_path), authority, "secret", "")
        with pytest.raises(RefusalError, match="encrypted with different token"):
            keep_tokens(Layout(tmp_path), authority, "other", "")

    def test_the_agents_may_change(self, tmp_path, authority):
        keep_tokens(Layout(tmp_path), authority, "secret", "one")
        assert keep_tokens(Layout(tmp_path), authority, "secret", "two") == ("secret", "two")


@pytest.mark.parametrize(
    ("token", "password"), [("short", "short"), ("K10abc::server:long", "long"), ("with:colon", "with:colon")]
)
def test_password(token, password):
    assert password_of(token) == password


class TestRequireAuthority:
    def test_short_tokens_name_none(self):
        require_authority("short", b"PEM")

    def test_the_right_one(self):
        require_authority(f"K10{hash_of(b'PEM')}::node:secret", b"PEM")

    def test_another_one_is_refused(self):
        with pytest.raises(RefusalError, match="does not match the Cluster CA"):
            require_authority(f"K10{hash_of(b'PEM')}::node:secret", b"OTHER")
