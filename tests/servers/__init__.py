"""Real servers on loopback, each with the settings of a plan and a folder of its own."""

import socket


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
