"""The way to a Celery server is used after it is known to be open."""

import pytest

from tests.components.test_k3s_agents import AGENTS
from tests.graphs import exported, run, waits_for


@pytest.mark.parametrize(("stage", "provider"), AGENTS)
class TestAnswers:
    def test_everything_that_goes_through_the_server_waits_for_it(self, stage, provider):
        """pulumi-command tries its handshake again on the way that it opened once."""
        made = run(stage, provider)
        through = [
            name for name in made.of_type("command:remote:Command") if made.inputs(name)["connection"].get("proxy")
        ]
        assert len(through) >= 2
        for name in through:
            (number,) = [part for part in name.split("-") if part.isdigit()]
            assert f"celery-answers-{number}" in waits_for(made, name)

    def test_it_dials_the_server_directly(self, stage, provider):
        """There every try is a new connection."""
        made = run(stage, provider)
        connection = made.inputs("celery-answers-1")["connection"]
        assert connection == made.inputs("k3s-agents-1-node")["connection"]
        assert "proxy" not in connection

    def test_it_waits_for_both_servers(self, stage, provider):
        """The server may have a resize before it, the Celery server its first boot."""
        assert {"celery-servers-1-server", "k3s-install"} <= waits_for(run(stage, provider), "celery-answers-1")

    def test_it_wants_the_pinned_key(self, stage, provider):
        made = run(stage, provider)
        given = exported(made.inputs("celery-answers-1")["create"])
        through = made.inputs("k3s-agents-1-install")["connection"]
        assert given["HOST_KEY"] == through["hostKey"].strip()
        assert given["AGENT"] == through["host"]

    def test_another_size_is_another_boot(self, stage, provider):
        """A resize powers the server off: the script runs again."""
        made = run(stage, provider)
        key = {"hetzner": "serverType", "digitalocean": "size", "vultr": "plan"}[provider]
        size = made.inputs("celery-servers-1-server")[key]
        assert exported(made.inputs("celery-answers-1")["update"])["BOOT"].endswith(f" {size}")
