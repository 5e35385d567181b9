"""Scripts over SSH: what they print, what is refused, the way through another server."""

import paramiko
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lab.nodes.real.vps import ssh
from lab.nodes.real.vps.ssh import SshScripts
from lab.plugins.package import PluginError
from tests.lab.nodes.real.vps.ssh_server import SshServer


def key_pair():
    """A private key as the program keeps it, and the public half in base64."""
    private = Ed25519PrivateKey.generate()
    formats = serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    text = private.private_bytes(serialization.Encoding.PEM, *formats).decode()
    encoding = serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    return text, private.public_key().public_bytes(*encoding).decode().split()[1]


class LateServer(SshServer):
    """Breaks its first connection off, as an sshd does that is started anew in a first boot."""

    taken = 0

    def _talk(self, way):
        self.taken += 1
        if self.taken == 1:
            way.close()
        else:
            super()._talk(way)


@pytest.fixture(scope="module")
def keys():
    return key_pair()


@pytest.fixture
def server(keys):
    made = SshServer(keys[1])
    yield made
    made.close()


@pytest.fixture
def connection(server, keys):
    place = {"host": "127.0.0.1", "port": server.port, "user": "root"}
    return {**place, "privateKey": keys[0], "hostKey": server.public_host_key, "perDialTimeout": 5}


@pytest.fixture
def scripts():
    return SshScripts(lambda proxy, host: f"{host} by way of {proxy}")


class TestRun:
    def test_prints_what_the_script_prints(self, scripts, connection):
        """Standard input arrives whole, also where it is larger than a packet."""
        assert scripts.run(connection, "#!/usr/bin/env bash\nexport NAME=shop\necho $NAME; wc -c", "x" * 300_000) == (
            "shop\n300000\n"
        )

    def test_a_failing_script_says_why(self, scripts, connection):
        with pytest.raises(PluginError, match=r"(?s)exited with status 3.*the volume belongs to 'other'"):
            scripts.run(connection, """echo "the volume belongs to 'other'" >&2; exit 3""", None)

    def test_standard_error_alone_is_no_failure(self, scripts, connection):
        assert scripts.run(connection, "seq 1 200000 >&2; echo done", None) == "done\n"

    def test_another_host_key_is_refused_at_once(self, scripts, connection):
        other = paramiko.ECDSAKey.generate()
        pinned = f"{other.get_name()} {other.get_base64()}"
        with pytest.raises(PluginError, match="host key mismatch"):
            scripts.run({**connection, "hostKey": pinned, "dialErrorLimit": 60}, "true", None)

    def test_another_key_may_not_log_in(self, scripts, connection):
        with pytest.raises(PluginError, match="unable to authenticate"):
            scripts.run({**connection, "privateKey": key_pair()[0], "dialErrorLimit": 60}, "true", None)


class TestDial:
    def test_a_server_that_boots_is_tried_again(self, scripts, connection, server, monkeypatch):
        """It answers at the third dial."""
        dials = []
        real = ssh.socket.create_connection

        def create_connection(*arguments, **options):
            dials.append(arguments)
            if len(dials) < 3:
                raise ConnectionRefusedError("Connection refused")
            return real(*arguments, **options)

        monkeypatch.setattr(ssh.socket, "create_connection", create_connection)
        monkeypatch.setattr(ssh, "_RETRY_SECONDS", 0.01)
        assert scripts.run({**connection, "dialErrorLimit": 5}, "echo up", None) == "up\n"
        assert len(dials) == 3

    def test_a_server_that_stays_off(self, scripts, connection, server, monkeypatch):
        server.close()
        monkeypatch.setattr(ssh, "_RETRY_SECONDS", 0.01)
        with pytest.raises(PluginError, match=r"dial tcp 127\.0\.0\.1:22: .*refused"):
            scripts.run({**connection, "port": 1, "dialErrorLimit": 3}, "true", None)


class TestProxy:
    def test_goes_through_the_server(self, scripts, connection, keys):
        """Both host keys are pinned."""
        behind = SshServer(keys[1])
        try:
            way = {**connection, "port": behind.port, "hostKey": behind.public_host_key, "proxy": connection}
            assert scripts.run(way, "echo behind", None) == "behind\n"
            with pytest.raises(PluginError):
                scripts.run({**way, "hostKey": connection["hostKey"]}, "true", None)
        finally:
            behind.close()

    def test_a_way_that_broke_off_stays_dead(self, scripts, connection, keys, monkeypatch):
        """As pulumi-command dials: the handshake is tried again on the way that was opened first, and on no other."""
        monkeypatch.setattr(ssh, "_RETRY_SECONDS", 0.01)
        behind = LateServer(keys[1])
        try:
            way = {**connection, "port": behind.port, "hostKey": behind.public_host_key, "proxy": connection}
            with pytest.raises(PluginError, match="proxy: dial tcp"):
                scripts.run({**way, "dialErrorLimit": 5}, "true", None)
            assert behind.taken == 1
            assert scripts.run(way, "echo up", None) == "up\n"
        finally:
            behind.close()

    def test_a_direct_one_is_opened_again(self, scripts, connection, keys, monkeypatch):
        monkeypatch.setattr(ssh, "_RETRY_SECONDS", 0.01)
        late = LateServer(keys[1])
        try:
            there = {**connection, "port": late.port, "hostKey": late.public_host_key, "dialErrorLimit": 5}
            assert scripts.run(there, "echo up", None) == "up\n"
            assert late.taken == 2
        finally:
            late.close()

    def test_address(self, scripts):
        assert scripts.address({"host": "127.64.0.1"}) == "127.64.0.1"
        way = {"host": "10.20.1.11", "proxy": {"host": "127.64.0.1"}}
        assert scripts.address(way) == "10.20.1.11 by way of 127.64.0.1"
