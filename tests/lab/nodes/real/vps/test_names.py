"""Names that the lab's DNS server was told are kept; the real ones: tests/lab/nodes/real/k3s/test_way_in.py."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from infra.errors import StagecoachError
from lab.machines import Size
from lab.nodes.real.vps.names import Names, acme_command, dns_command, hosts_of, lead_here
from lab.nodes.real.vps.record import Record, load

NETWORK = SimpleNamespace(path=Path("/run/netns/none"))


@pytest.fixture
def names(tmp_path, monkeypatch):
    made = Names(tmp_path, NETWORK)
    made.told = []
    monkeypatch.setattr(made, "_ask", lambda url, body="": made.told.append((url.rpartition("/")[2], json.loads(body))))
    return made


class TestNames:
    def test_put_replaces(self, names):
        names.put("shop.example", "100.64.0.10")
        assert names.told == [
            ("clear-a", {"host": "shop.example."}),
            ("add-a", {"host": "shop.example.", "addresses": ["100.64.0.10"]}),
        ]

    def test_a_new_server_is_told_what_an_earlier_one_knew(self, names, tmp_path):
        names.put("a.example", "100.64.0.10")
        names.put("b.example", "100.64.0.11")
        names.forget("a.example")
        assert Names(tmp_path, NETWORK).table == {"b.example": "100.64.0.11"}
        del names.told[:]
        names.restore()
        assert names.told == [("add-a", {"host": "b.example.", "addresses": ["100.64.0.11"]})]

    def test_nobody_answers(self, tmp_path):
        with pytest.raises(StagecoachError, match="the lab's DNS or ACME server does not answer"):
            Names(tmp_path, NETWORK).put("shop.example", "100.64.0.10")


def test_names_of_a_stack_file():
    assert hosts_of({"stagecoach:domain": "a.example"}) == ["a.example"]
    assert hosts_of({"stagecoach:domains": ["a.example", "www.a.example"]}) == ["a.example", "www.a.example"]
    assert hosts_of({}) == []


class TestLeadHere:
    @pytest.fixture
    def told(self, tmp_path, monkeypatch):
        made = []
        monkeypatch.setattr(Names, "put", lambda _self, name, address: made.append((name, address)))
        size = Size(vcpu=2, memory_mib=4096, disk_gb=20)
        for number, ip in (("1", "127.64.1.1"), ("2", "127.64.1.2")):
            (tmp_path / "vps" / number).mkdir(parents=True)
            Record(name=number, size=size, public_ip=ip, own_ip=ip).save(tmp_path / "vps" / number)
        return made

    def test_to_the_servers_own_address(self, told, tmp_path):
        lead_here(tmp_path, ["a.example", "b.example"], "127.64.1.2")
        assert told == [("a.example", "100.64.0.10"), ("b.example", "100.64.0.10")]

    def test_to_the_one_under_which_a_reserved_address_arrives(self, told, tmp_path):
        folder = tmp_path / "vps" / "1"
        replace(load(folder), public_ip="127.64.9.9").save(folder)
        lead_here(tmp_path, ["a.example"], "127.64.9.9")
        assert told == [("a.example", "100.64.1.10")]

    def test_no_such_server(self, told, tmp_path):
        with pytest.raises(StagecoachError, match=r"127\.64\.1\.7"):
            lead_here(tmp_path, ["a.example"], "127.64.1.7")


class TestCommands:
    def test_unknown_names_have_no_address(self):
        command = dns_command()
        assert "-defaultIPv4=" in command
        assert "-dnsserver=100.64.0.1:53" in command

    def test_proofs_are_asked_for_where_customers_come_in(self, tmp_path):
        command = acme_command(tmp_path / "gateway")
        settings = json.loads((tmp_path / "gateway" / "pebble.json").read_text())["pebble"]
        assert (settings["httpPort"], settings["tlsPort"]) == (80, 443)
        assert settings["listenAddress"] == "100.64.0.1:14000"
        assert f"-config={tmp_path / 'gateway' / 'pebble.json'}" in command
