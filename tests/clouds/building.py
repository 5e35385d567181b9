"""Builds a provider's components alone, under mocks."""

from pulumi_command import remote

from infra.clouds.choose import cloud
from infra.clouds.interface import CeleryServersArgs, ServerArgs
from infra.names import CELERY_SERVERS_COMPONENT
from tests.mocks import graph
from tests.plans import REGIONS

ADMINS = ("203.0.113.0/24", "2001:db8::/48")


def server(provider, *, preview=False, **changes):
    """The provider's server as the program asks for it."""

    def program():
        arguments = {
            "deployment": "shop",
            "region": REGIONS[provider],
            "instance_type": "small",
            "volume_size_gib": 40,
            "admin_cidrs": ADMINS,
            "ssh_public_key": "ssh-ed25519 AAAA",
            "user_data": "#cloud-config\n",
            "connection": lambda host: remote.ConnectionArgs(host=host),
            "volume_label": "shop",
        }
        cloud(provider).server("server", ServerArgs(**arguments | changes))

    return graph(program, preview=preview)


def celery_servers(provider, count, *, preview=False):
    """Some servers of their own for Celery."""

    def program():
        cloud(provider).celery_servers(
            CELERY_SERVERS_COMPONENT,
            CeleryServersArgs(
                deployment="shop",
                region=REGIONS[provider],
                instance_type="small",
                count=count,
                network_id="network-1",
                ssh_key_id="12",
                user_data="#cloud-config\n",
            ),
        )

    return graph(program, preview=preview)
