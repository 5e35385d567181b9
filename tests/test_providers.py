"""The whole program under mocks, for each provider: what a move of the stage may change in the cloud."""

import pytest

from infra.names import SERVER_RESOURCE, VOLUME_RESOURCE
from tests.graphs import exported, run

PROVIDERS = ("hetzner", "digitalocean", "vultr")
STAGES = (1, 2, 4)
# The input that a stage changes, in place.
SIZES = {"hetzner": "serverType", "digitalocean": "size", "vultr": "plan"}
IGNORED = {
    "hetzner": {"userData", "sshKeys", "image", "location"},
    "digitalocean": {"userData", "sshKeys", "image", "region", "vpcUuid", "volumeIds"},
    "vultr": {"userData", "sshKeyIds", "osId", "reservedIpId", "hostname", "region"},
}
PACKAGES = {"hetzner": "hcloud:", "digitalocean": "digitalocean:", "vultr": "vultr:"}
PROTECTED = {
    "hetzner": {
        "server-server",
        "server-data",
        "server-data-attachment",
        "server-address",
        "server-network",
        "server-subnet",
        "server-private",
    },
    "digitalocean": {
        "server-server",
        "server-data",
        "server-data-attachment",
        "server-address",
        "server-address-assignment",
        "server-network",
    },
    "vultr": {"server-server", "server-data", "server-address", "server-network"},
}


def cloud(made, provider):
    """Inputs of the provider's resources by logical name."""
    return {
        name: made.inputs(name)
        for name, request in made.requests.items()
        if request.type.startswith(PACKAGES[provider])
    }


@pytest.mark.parametrize("provider", PROVIDERS)
class TestEveryProvider:
    @pytest.mark.parametrize("stage", STAGES)
    def test_what_must_stay_is_protected(self, provider, stage):
        """Server, volume, address and network, and what ties them together."""
        made = run(stage, provider)
        assert {name for name in cloud(made, provider) if made.requests[name].protect} == PROTECTED[provider]

    def test_a_move_changes_size_and_volume_only(self, provider):
        """No other input of any cloud resource depends on the stage."""
        before = cloud(run(1, provider), provider)
        for stage in STAGES[1:]:
            after = cloud(run(stage, provider), provider)
            assert after.keys() == before.keys()
            changed = {
                (name, key)
                for name, inputs in after.items()
                for key in inputs.keys() | before[name].keys()
                if inputs.get(key) != before[name].get(key)
            }
            size = {"hetzner": "size", "digitalocean": "size", "vultr": "sizeGb"}[provider]
            assert changed == {(SERVER_RESOURCE, SIZES[provider]), (VOLUME_RESOURCE, size)}

    def test_what_would_replace_the_server_is_ignored(self, provider):
        """After the first boot a change of none of them is of use."""
        assert set(run(1, provider).requests[SERVER_RESOURCE].ignoreChanges) == IGNORED[provider]

    def test_names_carry_neither_stack_nor_stage(self, provider):
        """Two stack files of one deployment mean the same things."""
        named = [
            inputs[key]
            for inputs in cloud(run(2, provider), provider).values()
            for key in ("name", "label", "hostname")
            if key in inputs
        ]
        assert len(named) >= 4
        assert set(named) == {"shop"}

    def test_the_server_carries_the_label(self, provider):
        """The look-up of an existing deployment searches for it."""
        server = run(1, provider).inputs(SERVER_RESOURCE)
        if provider == "hetzner":
            assert server["labels"] == {"stagecoach-deployment": "shop"}
        else:
            assert server["tags"] == ["stagecoach-deployment:shop"]

    def test_everything_waits_for_address_and_firewall(self, provider):
        """SSH goes to the stable address; nothing is installed on an open server."""
        # Children of a component wait for what the component waits for.
        request = run(1, provider).requests["data-volume"]
        waits = {urn.rsplit("::", 1)[-1] for urn in request.dependencies}
        expected = {
            "hetzner": {"server-server", "server-private", "server-data-attachment"},
            "digitalocean": {"server-address-assignment", "server-data-attachment", "server-firewall"},
            "vultr": {"server-server", "server-data", "server-firewall-22-203.0.113.0/24"},
        }
        assert expected[provider] <= waits
        assert run(1, provider).inputs("data-volume-mount")["connection"]["host"] == "198.51.100.7"

    def test_the_device_is_named_by_its_volume(self, provider):
        """/dev/sdb may be another disk after a reboot."""
        devices = {
            "hetzner": "/dev/disk/by-id/scsi-0HC_Volume_1",
            "digitalocean": "/dev/disk/by-id/scsi-0DO_Volume_shop",
            "vultr": "/dev/disk/by-id/virtio-ewr-2f5d7a",
        }
        script = run(1, provider).inputs("data-volume-mount")["update"]
        assert exported(script)["DEVICE"] == devices[provider]

    def test_preview_of_a_new_stack(self, provider):
        """Nothing is registered inside an apply: a preview has every resource of the update."""
        made, seen = run(1, provider), run(1, provider, preview=True)
        assert seen.requests.keys() == made.requests.keys()

    def test_components_register_their_outputs(self, provider):
        """Each component ends with register_outputs, and children belong to components."""
        made = run(1, provider)
        components = {name for name, request in made.requests.items() if request.type.startswith("stagecoach:")}
        assert components - made.component_outputs == set()
        parents = {made.requests[name].parent.rsplit("::", 1)[-1] for name in cloud(made, provider)}
        assert parents == {"server"}
