"""The deployment's past from its state."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from infra.errors import RefusedError
from infra.names import CELERY_SERVER_RESOURCE, SERVER_RESOURCE, VOLUME_RESOURCE
from infra.preflight import recorded
from infra.preflight.recorded import read_recorded
from tests.mocks import graph
from tests.preflight.past import PAST
from tests.programs import CONFIG, program, run

CUT_OFF = "failed to load checkpoint: EOF"
PREFIX = "urn:pulumi:stage1::stagecoach::stagecoach:server:HetznerServer"
SERVER = {
    "name": "shop",
    "serverType": "cx33",
    "location": "nbg1",
    "primaryDiskSize": 40,
    "labels": {"stagecoach-deployment": "shop"},
}


def state(*, stage=1, server=None, size=60):
    """A state with what the program looks for, and a server of Celery's."""
    celery = {**SERVER, "serverType": "cx23", "name": "shop-celery-1"}
    return {
        "urn:pulumi:stage1::stagecoach::pulumi:pulumi:Stack::stagecoach-stage1": {
            "type": "pulumi:pulumi:Stack",
            "outputs": {"stage": stage, "version": "0.1.0"},
        },
        f"{PREFIX}$hcloud:index/server:Server::{CELERY_SERVER_RESOURCE}": {
            "type": "hcloud:index/server:Server",
            "outputs": celery,
        },
        f"{PREFIX}$hcloud:index/server:Server::{SERVER_RESOURCE}": {
            "type": "hcloud:index/server:Server",
            "outputs": {**SERVER, **(server or {})},
        },
        f"{PREFIX}$hcloud:index/volume:Volume::{VOLUME_RESOURCE}": {
            "type": "hcloud:index/volume:Volume",
            "outputs": {"size": size, "linuxDevice": "/dev/disk/by-id/scsi-0HC_Volume_4711"},
        },
    }


class TestLoad:
    """The engine's answer, as the program asks for it."""

    @pytest.fixture
    def answers(self, monkeypatch):
        """What the engine says, one after the other; no waiting."""
        given = []

        def invoke(_token, _arguments):
            error = given.pop(0)
            if error:
                raise Exception(error)  # noqa: TRY002  what the SDK raises
            return SimpleNamespace(value={"outputs": {}})

        monkeypatch.setattr(recorded, "invoke", invoke)
        monkeypatch.setattr(recorded.time, "sleep", lambda _: None)
        return given

    def test_asks_again_while_the_state_is_written(self, answers):
        """The driver of a backend in a folder answers EOF for a moment."""
        answers += [f"invoke of x failed: x returned an error: {CUT_OFF}", CUT_OFF, None]
        assert recorded._read_state("org/stagecoach/stage1") == {"outputs": {}}
        assert answers == []

    def test_refuses_what_stays_unreadable(self, answers):
        """Without its past an update could replace the server."""
        answers += [f"invoke of x failed: x returned an error: {CUT_OFF}"] * 5
        with pytest.raises(RefusedError, match="stack = org/stagecoach/stage1: a state that can be read, but: failed"):
            recorded._read_state("org/stagecoach/stage1")
        assert answers == []


class TestRead:
    def test_nothing_before_the_first_update(self):
        assert read_recorded({}) is None

    def test_a_lost_server_leaves_its_volume(self):
        """Its successor gets the same type, and the volume is not asked to shrink."""
        before = state(stage=2)
        del before[f"{PREFIX}$hcloud:index/server:Server::{SERVER_RESOURCE}"]
        outputs = before["urn:pulumi:stage1::stagecoach::pulumi:pulumi:Stack::stagecoach-stage1"]["outputs"]
        outputs |= {"name": "shop", "provider": "hetzner", "region": "nbg1", "instance_type": "cx33"}
        assert read_recorded(before) == replace(PAST, stage=2, root_disk_gb=0)
        outputs |= {"k3s_version": "v1.34.12+k3s1"}
        assert read_recorded(before).k3s_version == "v1.34.12+k3s1", "the cluster lies on the volume"

    def test_half_a_first_update_has_no_past(self):
        """A volume was made, the server was not, nothing was exported."""
        before = state()
        del before[f"{PREFIX}$hcloud:index/server:Server::{SERVER_RESOURCE}"]
        assert read_recorded(before) is None

    def test_reads_type_place_disk_and_volume(self):
        assert read_recorded(state()) == replace(
            PAST, celery_instance_type="cx23", celery_root_disk_gb=40, celery_count=1
        )

    def test_a_first_update_that_stopped_half_way(self):
        """A server without volume and outputs."""
        left = {urn: one for urn, one in state().items() if SERVER_RESOURCE in urn}
        made = read_recorded(left)
        assert (made.stage, made.volume_size_gib) == (0, 0)

    @pytest.mark.parametrize(
        ("kind", "outputs", "provider"),
        [
            (
                "digitalocean:index/droplet:Droplet",
                {"name": "shop", "size": "s-2vcpu-4gb", "region": "fra1", "disk": 80},
                "digitalocean",
            ),
            (
                "vultr:index/instance:Instance",
                {"label": "shop", "plan": "vc2-2c-4gb", "region": "fra", "disk": 80},
                "vultr",
            ),
        ],
    )
    def test_other_providers(self, kind, outputs, provider):
        made = read_recorded({f"urn::{SERVER_RESOURCE}": {"type": kind, "outputs": outputs}})
        assert (made.name, made.provider, made.root_disk_gb) == ("shop", provider, 80)

    def test_the_program_uses_these_names(self):
        """Otherwise it would never find its past."""
        made = run(1)
        assert made.of_type("hcloud:index/server:Server") == [SERVER_RESOURCE]
        assert made.of_type("hcloud:index/volume:Volume") == [VOLUME_RESOURCE]


class TestProgram:
    """Under mocks, with a past."""

    def test_keeps_the_running_type(self):
        made = graph(program, config={**CONFIG, "stagecoach:stage": 1}, state=state())
        assert made.inputs(SERVER_RESOURCE)["serverType"] == "cx33"
        assert made.inputs(VOLUME_RESOURCE)["size"] == 60

    def test_registers_nothing_for_another_region(self):
        changed = {**CONFIG, "stagecoach:stage": 1, "stagecoach:region": "fsn1"}
        registered = []

        def refused():
            with pytest.raises(RefusedError):
                program()
            registered.append(True)

        made = graph(refused, config=changed, state=state())
        assert registered == [True]
        assert [request.type for request in made.requests.values()] == ["pulumi:pulumi:Stack"]
