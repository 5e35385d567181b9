"""Ports, own address, DNS."""

import socket

import pytest

from infra.operate.doctor.http import Answer
from infra.operate.doctor.network import connect, dns_checks, no_server_checks, server_checks
from infra.stack_file.reader.parse import parse_config
from tests.operate.doctor.fakes import brief, said
from tests.programs import CONFIG

SHOP = parse_config({**CONFIG, "stagecoach:stage": 1, "stagecoach:admin_cidrs": ["10.0.0.0/8", "2a00::/16"]}, title="t")


def closed(_host, port):
    return "no answer" if port == 6443 else None


class TestConnect:
    def test_open_and_closed(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            assert connect("127.0.0.1", port) is None
        assert connect("127.0.0.1", port) == "Connection refused"

    def test_a_name_that_is_none(self):
        assert connect("nothing.invalid", 22)


def test_a_running_server():
    """What may be in the way is named: the firewall's networks first."""
    checks = list(server_checks(SHOP, "192.0.2.1", closed))
    assert brief(checks) == [("port 22", "ok"), ("port 6443", "missing")]
    assert "10.0.0.0/8" in said(checks)


class TestNoServer:
    def test_offline(self):
        """Nothing is asked, and that is said."""
        checks = list(no_server_checks(SHOP, online=False, reach="r.example", try_port=None, ask=None))
        assert brief(checks) == [("ports 22, 6443", "warning")]
        assert "r.example" in said(checks)

    @pytest.mark.parametrize(("address", "status"), [("10.1.2.3\n", "ok"), ("2a00::1", "ok"), ("8.8.8.8", "missing")])
    def test_own_address(self, address, status):
        asked = Answer(status=200, text=address)
        checks = list(no_server_checks(SHOP, online=True, reach="r", try_port=closed, ask=lambda _: asked))
        assert brief(checks) == [("port 22", "ok"), ("port 6443", "missing"), ("own address", status)]

    def test_what_to_add(self):
        asked = Answer(status=200, text="8.8.8.8")
        checks = list(no_server_checks(SHOP, online=True, reach="r", try_port=closed, ask=lambda _: asked))
        assert "Add 8.8.8.8/32 to stagecoach:admin_cidrs" in said(checks)

    def test_no_answer(self):
        asked = Answer(status=0, text="no route")
        checks = list(no_server_checks(SHOP, online=True, reach="r", try_port=closed, ask=lambda _: asked))
        assert brief(checks)[-1] == ("own address", "warning")


class TestDns:
    def test_no_domain(self):
        (check,) = dns_checks((), "192.0.2.1")
        assert check.status == "ok"

    def test_points_there(self):
        (check,) = dns_checks(("shop.example",), "192.0.2.1", lambda _: {"192.0.2.1"})
        assert check.status == "ok"

    def test_points_elsewhere(self):
        """The update works all the same."""
        (check,) = dns_checks(("shop.example",), "192.0.2.1", lambda _: {"192.0.2.9"})
        assert check.status == "warning"
        assert "A record for shop.example to 192.0.2.1" in check.mend

    def test_a_record_beside_the_right_one(self):
        """As an AAAA record of an earlier host: every second customer sees another site."""
        (check,) = dns_checks(("shop.example",), "192.0.2.1", lambda _: {"192.0.2.1", "2001:db8::7"})
        assert check.status == "warning"
        assert check.found == "shop.example is 192.0.2.1, and also 2001:db8::7"
        assert "Remove that A or AAAA record" in check.mend

    def test_every_name(self):
        """One that is forgotten gets no certificate, and its customers a warning of their browser."""
        found = {"shop.example": {"192.0.2.1"}, "www.shop.example": {"192.0.2.9"}}
        checks = list(dns_checks(tuple(found), "192.0.2.1", found.__getitem__))
        assert [check.status for check in checks] == ["ok", "warning"]
        assert "A record for www.shop.example to 192.0.2.1" in checks[1].mend

    def test_no_address_yet(self):
        (check,) = dns_checks(("shop.example",), None, lambda _: set())
        assert check.status == "warning"

    def test_no_such_name(self):
        def fail(_name):
            raise socket.gaierror(-2, "Name or service not known")

        (check,) = dns_checks(("shop.example",), "192.0.2.1", fail)
        assert "Name or service not known" in check.found

    def test_a_real_look_up(self):
        (check,) = dns_checks(("localhost",), "127.0.0.1")
        assert check.status == "ok"
