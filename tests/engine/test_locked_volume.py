"""Vultr: a volume that the first update could not attach, or that lost its server, is attached by the next one."""

import os

import pytest

from tests.engine.servers_only import ServersOnly, cloud_of

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def deployment():
    """A new instance is locked until it answers SSH (terraform-provider-vultr#482): the volume waits for that."""
    made = ServersOnly(f"locked-{os.getpid()}", "vultr")
    made.up()
    yield made
    made.close()


def volume(deployment):
    (found,) = cloud_of(deployment).store.all("blockStorage").values()
    return found


class TestVolume:
    def test_the_first_update_attaches_it(self, deployment):
        assert volume(deployment)["attachedToInstance"]
        assert deployment.preview() == []

    def test_one_that_somebody_detached(self, deployment):
        """The state says attached: that is found, and the volume is attached again."""
        (storage,) = cloud_of(deployment).store.all("blockStorage")
        cloud_of(deployment).patch("blockStorage", storage, attachedToInstance="")
        done = deployment.try_up()
        assert done.returncode != 0
        assert "the state says that the server has it, but it belongs to none" in " ".join(done.stdout.split())
        assert deployment.run_printed(done) == 1
        deployment.up()
        assert volume(deployment)["attachedToInstance"]
        assert deployment.preview() == []

    def test_a_server_that_was_lost(self, deployment):
        """docs/how-to/lost-server.md: the volume goes to the new server."""
        (lost,) = cloud_of(deployment).store.all("instance")
        cloud_of(deployment).delete("instance", lost)
        done = deployment.pulumi("refresh", "--yes", "--target", "**::server-server")
        assert done.returncode == 0, done.stdout[-2000:]
        deployment.up()
        assert volume(deployment)["attachedToInstance"] in cloud_of(deployment).store.all("instance")
        assert deployment.preview() == []


class TestLockThatOutlastsTheFirstAnswer:
    """The creation fails half-way: the state says attached, and lacks the device."""

    @pytest.fixture(scope="class")
    @classmethod
    def half(cls):
        made = ServersOnly(f"half-{os.getpid()}", "vultr")
        made.lab.machines.answers = lambda _address: False
        first = made.try_up()
        assert first.returncode != 0
        assert "Instance is locked" in first.stdout
        del made.lab.machines.answers
        yield made
        made.close()

    def test_the_next_update_says_what_to_do(self, half):
        done = half.try_up()
        assert done.returncode != 0
        said = " ".join(done.stdout.split())
        assert "the state's server-data: its creation stopped half-way, mountId is unknown" in said
        assert half.run_printed(done) == 1
        half.up()
        assert volume(half)["attachedToInstance"]
        assert half.preview() == []

    def test_the_automatic_way(self):
        made = ServersOnly(f"half-2-{os.getpid()}", "vultr")
        try:
            made.lab.machines.answers = lambda _address: False
            assert made.try_up().returncode != 0
            del made.lab.machines.answers
            assert made.recheck() == ["server-data"]
            made.up()
            assert volume(made)["attachedToInstance"]
        finally:
            made.close()
