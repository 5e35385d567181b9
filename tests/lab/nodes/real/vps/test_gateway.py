"""The programs on the lab's own address."""

from types import SimpleNamespace

import pytest

from lab.nodes.real.vps import gateway
from lab.nodes.real.vps.gateway import Gateway


class Processes:
    def __init__(self, folder):
        self.done = []

    def sweep(self):
        self.done.append("sweep")

    def start(self, name, command, through):
        self.done.append((name, command, through))

    def stop(self):
        self.done.append("stop")


@pytest.fixture
def made(tmp_path, monkeypatch):
    monkeypatch.setattr(gateway, "Processes", Processes)
    monkeypatch.setattr(gateway, "k3s_file", lambda: (tmp_path / "k3s-1" / "k3s", "", ""))
    monkeypatch.setattr(gateway.Names, "restore", lambda _self: None)
    return Gateway(tmp_path, SimpleNamespace(path=tmp_path / "netns"))


def test_all_run_in_the_labs_network(made, tmp_path):
    """Images, the file that the installation downloads, e-mail, names, certificates; a killed lab's end first."""
    made.start()
    first, registry, mail, dns, acme = made.processes.done
    assert first == "sweep"
    assert registry[0] == "registry"
    assert registry[1][-4:] == ["--files", str(tmp_path / "k3s-1"), "--files-port", "80"]
    assert "100.64.0.1:5000" in registry[1]
    assert "198.51.100.25:1025" in mail[1]
    assert str(tmp_path / "mails") == mail[1][-1]
    assert (dns[0], acme[0]) == ("dns", "acme")
    assert "PEBBLE_VA_NOSLEEP=1" in acme[2]
    assert {one[2][1] for one in (registry, mail, dns, acme)} == {f"--net={tmp_path / 'netns'}"}


def test_once(made):
    made.start()
    made.start()
    assert len(made.processes.done) == 5
    made.stop()
    made.start()
    assert [one if isinstance(one, str) else one[0] for one in made.processes.done[5:]] == [
        "stop",
        "sweep",
        "registry",
        "mail",
        "dns",
        "acme",
    ]
