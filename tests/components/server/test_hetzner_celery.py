"""Celery servers at Hetzner: private, closed, in place."""

import pytest

from infra.cloud import build_celery_servers
from infra.components.server.interface import CeleryServersArgs
from tests.mocks import graph


def build(count, *, preview=False):
    def program():
        build_celery_servers(
            "hetzner",
            CeleryServersArgs(
                deployment="shop",
                region="nbg1",
                instance_type="cpx32",
                count=count,
                network_id="4711-10.20.1.0/24",
                ssh_key_id="12",
                user_data="#cloud-config\n",
            ),
        )

    return graph(program, preview=preview)


@pytest.fixture(scope="module")
def made():
    return build(2)


class TestHetznerCeleryServers:
    def test_one_server_per_number(self, made):
        """Named after the deployment; numbers begin at 1."""
        names = {name: made.inputs(name)["name"] for name in made.of_type("hcloud:index/server:Server")}
        assert names == {
            "celery-servers-1-server": "shop-celery-1",
            "celery-servers-2-server": "shop-celery-2",
        }

    def test_a_smaller_count_touches_no_other_server(self, made):
        """The last one goes, the first one stays as it is."""
        assert build(1).inputs("celery-servers-1-server") == made.inputs("celery-servers-1-server")

    def test_private_addresses(self, made):
        """Constant, so that a rebuilt one has its address again."""
        addresses = [made.inputs(f"celery-servers-{number}-private")["ip"] for number in (1, 2)]
        assert addresses == ["10.20.1.11", "10.20.1.12"]
        assert made.inputs("celery-servers-1-private")["subnetId"] == "4711-10.20.1.0/24"

    def test_nothing_comes_in(self, made):
        """No rule: all inbound traffic of the public interface is dropped."""
        assert made.inputs("celery-servers-firewall").get("rules", []) == []
        assert made.inputs("celery-servers-1-server")["firewallIds"] == [4711]

    def test_nothing_is_protected(self, made):
        """The count may go down."""
        assert [name for name, request in made.requests.items() if request.protect] == []

    def test_the_look_up_can_tell_them_apart(self, made):
        """A Celery server is no second deployment."""
        labels = made.inputs("celery-servers-1-server")["labels"]
        assert labels == {"stagecoach-deployment": "shop", "stagecoach-role": "celery"}

    def test_what_would_replace_is_ignored(self, made):
        """The type changes in place and can change back."""
        ignored = set(made.requests["celery-servers-1-server"].ignoreChanges)
        assert ignored == {"userData", "sshKeys", "image", "location"}
        assert made.inputs("celery-servers-1-server")["keepDisk"] is True

    def test_preview(self, made):
        """Nothing hangs on an id that is not known yet."""
        assert build(2, preview=True).requests.keys() == made.requests.keys()
