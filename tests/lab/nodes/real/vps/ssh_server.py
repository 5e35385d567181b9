"""A small SSH server on loopback: one key may log in, commands run in bash, connections can be passed on."""

import contextlib
import socket
import subprocess
import threading

import paramiko

from tests.waiting import patience


class _Session(paramiko.ServerInterface):
    def __init__(self, allowed):
        self.allowed = allowed
        self.targets = {}

    def check_auth_publickey(self, username, key):
        good = username == "root" and key.get_base64() == self.allowed
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

    def get_allowed_auths(self, username):
        return "publickey"

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED

    def check_channel_direct_tcpip_request(self, chanid, origin, destination):
        self.targets[chanid] = destination
        return paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel, command):
        threading.Thread(target=_run, args=(channel, command.decode()), daemon=True).start()
        return True


def _run(channel, command):
    text = channel.makefile("rb").read()
    done = subprocess.run(["bash", "-c", command], input=text, capture_output=True, check=False, timeout=patience(30))
    channel.sendall(done.stdout)
    channel.sendall_stderr(done.stderr)
    channel.send_exit_status(done.returncode)
    channel.close()


def _pass_on(channel, target):
    way = socket.create_connection(target)

    def pump(read, write):
        with contextlib.suppress(OSError, EOFError):  # either end may go first
            while data := read(65536):
                write(data)
            way.close()
            channel.close()

    for pair in ((channel.recv, way.sendall), (way.recv, channel.sendall)):
        threading.Thread(target=pump, args=pair, daemon=True).start()


class SshServer:
    """Listens until it is closed."""

    def __init__(self, allowed):
        self.host_key = paramiko.ECDSAKey.generate()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.session = None
        self._allowed = allowed
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                way, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(way,), daemon=True).start()

    def _talk(self, way):
        transport = paramiko.Transport(way)
        transport.add_server_key(self.host_key)
        session = _Session(self._allowed)
        transport.start_server(server=session)
        while transport.is_active():
            channel = transport.accept(0.2)
            if channel is not None and channel.chanid in session.targets:
                _pass_on(channel, session.targets[channel.chanid])

    @property
    def public_host_key(self):
        """As it stands in a connection."""
        return f"{self.host_key.get_name()} {self.host_key.get_base64()}"

    def close(self):
        self.listener.close()
