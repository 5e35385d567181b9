"""Who may log in: the file is written whole."""

import pytest

from infra.scripts import load
from tests.servers.stub_server import StubServer

DEPLOY, ANNA, BEN = "ssh-ed25519 AAAA deploy", "ssh-ed25519 BBBB anna", "ssh-ed25519 CCCC ben"


@pytest.fixture
def server(tmp_path):
    return StubServer(tmp_path)


def keys_of(server):
    return server.root / "root/.ssh/authorized_keys"


def write(server, *keys):
    return server.run(load("authorized_keys.sh"), "\n".join(keys))


class TestAuthorizedKeys:
    def test_a_key_that_is_left_out_is_removed(self, server):
        """What a colleague who leaves must find."""
        write(server, DEPLOY, ANNA, BEN)
        assert keys_of(server).read_text() == f"{DEPLOY}\n{ANNA}\n{BEN}\n"
        write(server, DEPLOY, BEN)
        assert keys_of(server).read_text() == f"{DEPLOY}\n{BEN}\n"

    def test_only_root_reads_it(self, server):
        """sshd ignores a file that others may write."""
        write(server, DEPLOY)
        assert keys_of(server).stat().st_mode & 0o777 == 0o600
        assert keys_of(server).parent.stat().st_mode & 0o777 == 0o700

    def test_an_empty_list_locks_nobody_out(self, server):
        write(server, DEPLOY)
        done = write(server)
        assert done.returncode == 1
        assert "nothing was changed" in done.stderr
        assert keys_of(server).read_text() == f"{DEPLOY}\n"
