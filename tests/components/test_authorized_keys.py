"""Who may log in, as a resource."""

from tests.graphs import run, waits_for
from tests.public_keys import ED25519

ANNA = f"{ED25519} anna"


class TestAuthorizedKeys:
    def test_the_deploy_key_always_stays(self):
        """Without it the next update could not log in."""
        assert run(1).inputs("authorized-keys-file")["stdin"] == "ssh-ed25519 AAAA\n"

    def test_people_follow(self):
        made = run(1, authorized_keys=[ANNA])
        assert made.inputs("authorized-keys-file")["stdin"] == f"ssh-ed25519 AAAA\n{ANNA}"

    def test_a_change_writes_the_file_again(self):
        """In place: the update has a script of its own, nothing triggers a replacement."""
        inputs = run(1).inputs("authorized-keys-file")
        assert inputs["update"] == inputs["create"]
        assert "triggers" not in inputs

    def test_comes_after_the_server(self):
        assert "server-server" in waits_for(run(1), "authorized-keys-file")
