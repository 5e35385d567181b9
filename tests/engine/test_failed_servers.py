"""Servers, firewalls and volumes whose update or creation failed: the next update repairs them."""

import json
import os

import pytest

from lab.plugins.faults import Fault
from tests.engine.servers_only import ServersOnly, cloud_of, size
from tests.plans import REGIONS

pytestmark = pytest.mark.engine

MENDED_BY_ITSELF = "hetzner"  # its plugin keeps the old values; the others save the planned ones


@pytest.fixture(scope="module", params=sorted(REGIONS))
def deployment(request):
    made = ServersOnly(f"servers-{request.param}-{os.getpid()}", request.param)
    made.up()
    yield made
    made.close()


def fail(deployment, resource="server-server", **changes):
    """An update whose first request for that resource is answered with 503."""
    deployment.configure(**changes)
    deployment.lab.faults.add(Fault(operation="update", match=f"::{resource}"))
    done = deployment.try_up()
    assert done.returncode != 0
    assert "injected fault: the API answered 503" in done.stdout, done.stdout[-3000:]


class TestFailedResize:
    def test_the_next_update_repairs_it_or_says_how(self, deployment):
        """With one command, which is then run as it was printed."""
        old, ids = size(deployment), deployment.resources()
        fail(deployment, stage=2)
        assert size(deployment) == old
        again = deployment.try_up()
        if deployment.provider == MENDED_BY_ITSELF:
            assert again.returncode == 0, again.stdout[-3000:]
        else:
            assert again.returncode != 0
            assert "the state is not what the provider has; nothing was touched" in again.stdout
            assert size(deployment) == old
            assert deployment.run_printed(again) == 1
            deployment.up()
        assert size(deployment) != old
        assert deployment.preview() == []
        after = deployment.resources()
        assert {urn: after.get(urn) for urn in ids if "server" in urn.rpartition("::")[2]} == {
            urn: one for urn, one in ids.items() if "server" in urn.rpartition("::")[2]
        }

    def test_the_automatic_way_needs_no_message(self, deployment):
        """`recheck`, which a merge and `make up` do first."""
        old = size(deployment)
        fail(deployment, stage=4 if deployment.provider == "vultr" else 1)  # Vultr has no way down
        assert deployment.recheck() == ["server-server"]
        deployment.up()
        assert size(deployment) != old
        assert deployment.preview() == []

    def test_a_move_that_is_taken_back(self, deployment):
        """Nothing is resized: the server still is what it was."""
        stage, old = (4 if deployment.provider == "vultr" else 1), size(deployment)
        fail(deployment, stage=2, instance_type=self._other(deployment))
        deployment.configure(stage=stage, instance_type=None)
        deployment.recheck()
        deployment.up()
        assert size(deployment) == old
        assert deployment.preview() == []

    def test_a_resize_whose_answer_was_lost(self, deployment):
        """The server has its new size; Hetzner's plugin keeps the old one, which would be resized to what it is."""
        stage = 5 if deployment.provider == "vultr" else 2
        old = size(deployment)
        deployment.configure(stage=stage, instance_type=self._other(deployment))
        lost = Fault(operation="update", match="::server-server", after=True, message="connection reset by peer")
        deployment.lab.faults.add(lost)
        assert deployment.try_up().returncode != 0
        assert size(deployment) == self._other(deployment) != old
        again = deployment.try_up()
        assert deployment.run_printed(again) == (1 if deployment.provider == MENDED_BY_ITSELF else 0)
        deployment.up()
        assert size(deployment) == self._other(deployment)
        assert deployment.preview() == []

    @staticmethod
    def _other(deployment):
        """A larger type than any that the deployment has had."""
        return {"hetzner": "cpx42", "digitalocean": "s-8vcpu-16gb", "vultr": "vc2-8c-32gb"}[deployment.provider]

    def test_a_stack_that_is_sound_has_nothing_to_recheck(self, deployment):
        assert deployment.recheck() == []


class TestFailedFirewall:
    def test_the_rules_are_sent_by_the_next_update(self, deployment):
        """A source that was taken out must not stay open because one request was lost.

        Vultr's rules are resources of their own, made and deleted: a failed one is tried again by the engine.
        """
        deployment.configure(admin_cidrs=["127.0.0.0/8", "203.0.113.0/24"])
        deployment.up()
        if deployment.provider == "vultr":
            deployment.configure(admin_cidrs=["127.0.0.0/8"])
            deployment.lab.faults.add(Fault(operation="delete", match="::server-firewall-22-203.0.113.0/24"))
            assert deployment.try_up().returncode != 0
        else:
            fail(deployment, "server-firewall", admin_cidrs=["127.0.0.0/8"])
            assert deployment.recheck() == ["server-firewall"]
        deployment.up()
        kinds = [kind for kind in cloud_of(deployment).kinds if kind.startswith("firewall")]
        assert "203.0.113.0" not in json.dumps([cloud_of(deployment).store.all(kind) for kind in kinds])
        assert deployment.preview() == []


class TestFailedVolume:
    def test_it_grows_in_the_next_update(self, deployment):
        (found,) = cloud_of(deployment).store.all(self._kind(deployment)).values()
        key = "sizeGb" if deployment.provider == "vultr" else "size"
        more = found[key] + 20
        fail(deployment, "server-data", volume_size_gib=more)
        deployment.recheck()
        deployment.up()
        (found,) = cloud_of(deployment).store.all(self._kind(deployment)).values()
        assert found[key] == more
        assert deployment.preview() == []

    @staticmethod
    def _kind(deployment):
        return "blockStorage" if deployment.provider == "vultr" else "volume"
