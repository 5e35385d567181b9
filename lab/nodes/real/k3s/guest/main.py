"""The command line: `k3s --version`, `server`, `agent`, `kubectl`, `ctr`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import NoReturn

from lab.nodes.real.k3s.guest.layout import CONTAINERD_SOCKET, KUBECONFIG, PROGRAMS
from lab.nodes.real.k3s.guest.version import version

_USAGE = "usage: k3s --version | server | agent | kubectl ... | ctr ..."


def main(arguments: list[str] | None = None) -> int:
    """The exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    if words[:1] in (["--version"], ["-v"]):
        sys.stdout.write(f"k3s version {version()} (stagecoach lab: a stand-in, not Rancher's k3s)\n")
        return 0
    if words[:1] == ["kubectl"]:
        _kubectl(words[1:])
    if words[:1] == ["ctr"]:
        command = ["ctr", "--address", str(CONTAINERD_SOCKET), "--namespace", "k8s.io", *words[1:]]
        os.execvp(command[0], command)  # noqa: S606  this process becomes the program
    if words in (["server"], ["agent"]):
        return _run(words[0])
    if len(words) > 1 and words[0] in ("server", "agent"):
        sys.stderr.write(f"{words[0]} takes its options from /etc/rancher/k3s/config.yaml, not from {words[1:]}\n")
    else:
        sys.stderr.write(f"{_USAGE}\n")
    return 1


def _kubectl(arguments: list[str]) -> NoReturn:
    """With k3s's kubeconfig where no other is named."""
    environment = dict(os.environ)
    environment.setdefault("KUBECONFIG", str(KUBECONFIG))
    if environment["KUBECONFIG"] == str(KUBECONFIG) and not os.access(KUBECONFIG, os.R_OK):
        sys.stderr.write(f"error: open {KUBECONFIG}: no such file, or not readable: is k3s server running here?\n")
        raise SystemExit(1)
    program = PROGRAMS / "kubectl"
    os.execve(program, ["kubectl", *arguments], environment)  # noqa: S606  this process becomes the program


def _run(role: str) -> int:
    # Here, so that `k3s --version` and `k3s kubectl` need not wait for them.
    from lab.nodes.real.k3s.guest import agent, log, server  # noqa: PLC0415
    from lab.nodes.real.k3s.guest.lifecycle import StoppedError  # noqa: PLC0415
    from lab.nodes.real.k3s.guest.refusal import RefusalError  # noqa: PLC0415

    roles: dict[str, Callable[[], None]] = {"server": server.Server.main, "agent": agent.Agent.main}
    try:
        roles[role]()
    except StoppedError:
        return 0
    except RefusalError as error:
        log.fatal(str(error))
        return 1
    return 0
