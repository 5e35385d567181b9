"""What the state says of servers and volume, and what a creation that failed half-way leaves out."""

import pytest

from infra.errors import RefusedError
from infra.names import CELERY_SERVER_RESOURCE, SERVER_RESOURCE, VOLUME_RESOURCE
from infra.preflight.saved import (
    SavedServer,
    attached_volume,
    last_instance_type,
    require_finished,
    saved_servers,
    volume_label,
)
from tests.mocks import graph
from tests.preflight.test_recorded import state
from tests.programs import CONFIG, program

INSTANCE = {"label": "shop", "plan": "vc2-2c-4gb", "region": "fra", "disk": 80, "internalIp": "10.64.0.3"}
STORAGE = {"label": "shop", "sizeGb": 40, "mountId": "fra-1", "attachedToInstance": "4711"}
DROPLET = {"name": "shop", "size": "s-2vcpu-4gb", "region": "fra1", "disk": 80, "ipv4AddressPrivate": "10.64.0.3"}
SERVER = {"name": "shop", "serverType": "cx23", "location": "nbg1", "primaryDiskSize": 40}
# Type, logical name, all that is needed of it.
PARTS = [
    ("hcloud:index/server:Server", SERVER_RESOURCE, SERVER),
    ("hcloud:index/server:Server", CELERY_SERVER_RESOURCE, SERVER),
    ("hcloud:index/volume:Volume", VOLUME_RESOURCE, {"size": 40, "linuxDevice": "/dev/disk/by-id/x"}),
    ("hcloud:index/primaryIp:PrimaryIp", "server-address", {"ipAddress": "203.0.113.7"}),
    ("digitalocean:index/droplet:Droplet", SERVER_RESOURCE, DROPLET),
    ("digitalocean:index/volume:Volume", VOLUME_RESOURCE, {"name": "shop", "size": 40}),
    ("digitalocean:index/reservedIp:ReservedIp", "server-address", {"ipAddress": "203.0.113.7"}),
    ("vultr:index/instance:Instance", SERVER_RESOURCE, INSTANCE),
    ("vultr:index/instance:Instance", CELERY_SERVER_RESOURCE, INSTANCE),
    ("vultr:index/blockStorage:BlockStorage", VOLUME_RESOURCE, STORAGE),
    ("vultr:index/reservedIp:ReservedIp", "server-address", {"subnet": "203.0.113.7"}),
]
NEEDED = [(kind, name, key) for kind, name, outputs in PARTS for key in outputs if key != "attachedToInstance"]
NEEDED.remove(("vultr:index/blockStorage:BlockStorage", VOLUME_RESOURCE, "label"))


def part(kind, name, outputs):
    return {f"urn:pulumi:stage1::stagecoach::{kind}::{name}": {"type": kind, "outputs": outputs}}


def vultr(*, server=True, **storage):
    return {
        **(part("vultr:index/instance:Instance", SERVER_RESOURCE, INSTANCE) if server else {}),
        **part("vultr:index/blockStorage:BlockStorage", VOLUME_RESOURCE, {**STORAGE, **storage}),
    }


class TestFinished:
    @pytest.mark.parametrize(("kind", "name", "outputs"), PARTS)
    def test_with_all_that_is_needed(self, kind, name, outputs):
        require_finished(part(kind, name, outputs), "stage1")

    @pytest.mark.parametrize("empty", [None, "", 0, "left out"])
    @pytest.mark.parametrize(("kind", "name", "key"), NEEDED)
    def test_one_that_was_made_half(self, kind, name, key, empty):
        """Named, with what is missing and the command that asks the provider; no KeyError."""
        outputs = dict(next(one for a_kind, a_name, one in PARTS if (a_kind, a_name) == (kind, name)))
        outputs.pop(key)
        outputs |= {} if empty == "left out" else {key: empty}
        with pytest.raises(RefusedError) as refused:
            require_finished(part(kind, name, outputs), "stage1")
        said = str(refused.value)
        assert f"the state's {name}: its creation stopped half-way, {key} is unknown" in said
        assert f"`pulumi refresh --yes --skip-preview --target '**::{name}' -s stage1`" in said

    def test_all_at_once(self):
        """Each part has a line of its own; one without any output, too."""
        resources = {
            **part("vultr:index/instance:Instance", SERVER_RESOURCE, None),
            **part("vultr:index/blockStorage:BlockStorage", VOLUME_RESOURCE, {"sizeGb": 40}),
        }
        with pytest.raises(RefusedError) as refused:
            require_finished(resources, "stage1")
        assert [problem.path for problem in refused.value.problems] == [
            f"the state's {SERVER_RESOURCE}",
            f"the state's {VOLUME_RESOURCE}",
        ]

    def test_the_program_registers_nothing(self):
        """An update of a stack whose server was made half ends with the message, not with a traceback."""
        half = state(server={"primaryDiskSize": None})
        with pytest.raises(RefusedError, match="a resource of this deployment is incomplete; nothing was changed"):
            graph(program, config={**CONFIG, "stagecoach:stage": 1}, state=half)


class TestServers:
    def test_the_server_and_celerys(self):
        assert list(saved_servers(state())) == [
            SavedServer(resource=CELERY_SERVER_RESOURCE, name="shop-celery-1", instance_type="cx23"),
            SavedServer(resource=SERVER_RESOURCE, name="shop", instance_type="cx33"),
        ]

    def test_nothing_yet(self):
        assert list(saved_servers({})) == []
        assert last_instance_type({}) == ""

    def test_the_type_of_the_last_update_that_ended_well(self):
        made = state()
        made["urn:pulumi:stage1::stagecoach::pulumi:pulumi:Stack::stagecoach-stage1"]["outputs"]["instance_type"] = (
            "cx23"
        )
        assert last_instance_type(made) == "cx23"


class TestVolume:
    def test_keeps_its_label(self):
        """Whichever of the two it has: another one would be a change at each update."""
        assert volume_label(vultr(), "shop") == "shop"
        assert volume_label(vultr(label="shop-data"), "shop") == "shop-data"

    @pytest.mark.parametrize("changes", [{"attachedToInstance": ""}, {"server": False}])
    def test_gets_another_one_to_be_attached(self, changes):
        """Found without a server, or about to get a new one: the update must change more than the instance."""
        assert volume_label(vultr(**changes), "shop") == "shop-data"
        assert volume_label(vultr(**changes, label="shop-data"), "shop") == "shop"

    def test_a_new_one(self):
        """And those of the other clouds, where an attachment is a resource of its own."""
        assert volume_label({}, "shop") == "shop"
        assert volume_label(state(), "shop") == "shop"

    def test_which_says_by_itself_that_it_is_attached(self):
        assert attached_volume(vultr()) == "shop"
        assert attached_volume(vultr(attachedToInstance="")) == ""
        assert attached_volume(state()) == ""
