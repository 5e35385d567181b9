"""Security patches, as a resource of every server."""

import pytest

from tests.graphs import run, waits_for


class TestPatches:
    def test_of_the_server(self):
        """After it answers; nothing waits for it."""
        assert "server-server" in waits_for(run(1), "patches-install")
        assert "patches-install" not in waits_for(run(1), "k3s-install")

    @pytest.mark.parametrize("provider", ["hetzner", "digitalocean", "vultr"])
    def test_of_each_celery_server(self, provider):
        made = run(5, provider=provider)
        names = [name for name in made.requests if name.startswith("patches-celery-") and name.endswith("-install")]
        assert names
        for name in names:
            assert "proxy" in made.inputs(name)["connection"]

    def test_brings_its_files(self):
        """A change of one of them runs the script again, in place."""
        inputs = run(1).inputs("patches-install")
        assert inputs["create"] == inputs["update"]
        assert "triggers" not in inputs
        for text in ("Debian-Security", "$nrconf{restart}", "stagecoach_reboot_needed_since_seconds", "MemoryMax=32M"):
            assert text in inputs["create"]
