"""Servers and volumes by address and id: what is told to the sandboxes, what is remembered."""

import pytest

from lab.machines import Size
from lab.nodes.real.vps import machines
from lab.nodes.real.vps.machines import RealMachines
from lab.plugins.package import PluginError

SIZE = Size(vcpu=2, memory_mib=4096, disk_gb=40)
ADDRESS, OTHER, RESERVED = "127.64.0.10", "127.64.0.11", "127.64.0.12"
DEVICE = "/dev/disk/by-id/scsi-0HC_Volume_7"


class Vps:
    """Notes what it is told; all of a test write into one list."""

    told = None

    def __init__(self, folder, network):
        self.number = folder.name

    def __getattr__(self, name):
        return lambda *arguments, **more: Vps.told.append((self.number, name, *arguments, *more.values()))

    @property
    def running(self):
        return False


class Part:
    def __init__(self, *arguments):
        self.calls = []

    def __getattr__(self, name):
        return lambda: self.calls.append(name)


@pytest.fixture
def made(tmp_path, monkeypatch):
    Vps.told = []
    monkeypatch.setattr(machines, "Vps", Vps)
    for name in ("Network", "Gateway"):
        monkeypatch.setattr(machines, name, Part)
    found = RealMachines(tmp_path)
    found.server_created(ADDRESS, "shop", SIZE, "#cloud-config")
    return found


def told(name):
    return [one for one in Vps.told if one[1] == name]


class TestServers:
    def test_the_network_is_there_before_the_server(self, made):
        assert made.network.calls == ["ensure"]
        assert made.gateway.calls == ["start"]
        assert told("create") == [("1", "create", "shop", SIZE, ADDRESS, "#cloud-config")]

    def test_a_new_one_never_gets_an_old_ones_folder(self, made):
        made.server_created(OTHER, "shop-celery-1", SIZE, "")
        made.server_deleted(ADDRESS)
        made.server_created(RESERVED, "shop-celery-2", SIZE, "")
        assert [one[0] for one in told("create")] == ["1", "2", "3"]

    def test_another_address_is_the_same_server(self, made):
        made.volume_attached(ADDRESS, "7", 1, DEVICE)
        made.address_changed(ADDRESS, RESERVED)
        made.server_resized(RESERVED, SIZE)
        made.volume_grown("7", 2)
        assert [one[:2] for one in Vps.told[1:]] == [
            ("1", "attach"),
            ("1", "readdress"),
            ("1", "resize"),
            ("1", "grew"),
        ]
        with pytest.raises(PluginError, match="no route to host"):
            made.server_resized(ADDRESS, SIZE)

    def test_behind(self, made):
        made.server_created(OTHER, "shop-celery-1", SIZE, "")
        made.network_joined(OTHER, "10.20.1.11", "10.20.1.0/24")
        assert made.behind(ADDRESS, "10.20.1.11") == OTHER
        for proxy, private in ((ADDRESS, "10.20.1.12"), (RESERVED, "10.20.1.11")):
            with pytest.raises(PluginError, match="no route to host"):
                made.behind(proxy, private)


class TestVolumes:
    def test_is_as_large_as_it_was_bought(self, made):
        made.volume_attached(ADDRESS, "7", 2, DEVICE)
        assert (made.root / "volumes/7.img").stat().st_size == 2 << 30
        made.volume_grown("7", 3)
        assert (made.root / "volumes/7.img").stat().st_size == 3 << 30

    def test_outlives_its_server(self, made):
        made.volume_attached(ADDRESS, "7", 1, DEVICE)
        made.server_deleted(ADDRESS)
        assert [one[1] for one in Vps.told[1:]] == ["attach", "detach", "destroy"]
        assert (made.root / "volumes/7.img").exists()
        made.volume_detached("7")
        made.volume_deleted("7")
        assert not (made.root / "volumes/7.img").exists()

    def test_what_was_never_attached(self, made):
        """A cloud deletes it, too, and it may grow before."""
        made.volume_grown("8", 3)
        made.volume_detached("8")
        made.volume_deleted("8")
        assert len(Vps.told) == 1


class TestNextProcess:
    def test_knows_what_was_there(self, made):
        made.network_joined(ADDRESS, "10.20.1.2", "10.20.1.0/24")
        made.volume_attached(ADDRESS, "7", 1, DEVICE)
        later = RealMachines(made.root)
        later.resume()
        assert told("power_on") == [("1", "power_on")]
        assert later.addresses() == [ADDRESS]
        later.volume_detached("7")
        assert told("detach")[0][0] == "1"

    def test_powers_off_in_reverse(self, made):
        made.server_created(OTHER, "shop-celery-1", SIZE, "")
        made.stop_all()
        assert [one[0] for one in told("power_off")] == ["2", "1"]
        assert made.gateway.calls[-1] == "stop"
        assert made.network.calls[-1] == "remove"

    def test_a_lab_without_servers_needs_no_network(self, tmp_path, monkeypatch):
        monkeypatch.setattr(machines, "Network", Part)
        monkeypatch.setattr(machines, "Gateway", Part)
        found = RealMachines(tmp_path)
        found.resume()
        assert found.network.calls == []
