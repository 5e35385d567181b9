"""Check whether this machine can reach the server, before a server is bought and after."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator, Sequence

from infra.operate.doctor.check import Check, missing, ok, warning
from infra.operate.doctor.http import Answer, get
from infra.stack_file.stack_config import StackConfig

PORTS = {22: "SSH", 6443: "the Kubernetes API"}
REACH = "portquiz.net"  # a public server that answers on every port, made for such tests
OWN_ADDRESS = "https://checkip.amazonaws.com"  # answers with the address that the request came from
_SECONDS = 3

Connect = Callable[[str, int], str | None]


def connect(host: str, port: int) -> str | None:
    """Return why there is no connection; None if there is one."""
    try:
        with socket.create_connection((host, port), timeout=_SECONDS):
            return None
    except TimeoutError:
        return "no answer"
    except OSError as error:
        return error.strerror or str(error)


def server_checks(config: StackConfig, address: str, try_port: Connect = connect) -> Iterator[Check]:
    """Check the ports of the running server.

    Args:
        config: the stack file.
        address: the server's public address.
        try_port: connects to a host and port, as `connect`.
    """
    for port, what in PORTS.items():
        said = try_port(address, port)
        if said is None:
            yield ok(f"port {port}", f"{address} answers ({what})")
        else:
            mend = (
                f"Is this machine's address in admin_cidrs ({', '.join(config.admin_cidrs)})? "
                f"Does its network let connections to port {port} out? Is the server on?"
            )
            yield missing(f"port {port}", f"{address}: {said} ({what})", mend)


def no_server_checks(
    config: StackConfig, *, online: bool, reach: str, try_port: Connect = connect, ask: Callable[[str], Answer] = get
) -> Iterator[Check]:
    """Check, without a server, whether this network lets the ports out and whether admin_cidrs has this machine.

    Args:
        config: the stack file.
        online: False asks nothing outside this machine.
        reach: a host that answers on every port.
        try_port: connects to a host and port, as `connect`.
        ask: sends a GET request, as `get`.
    """
    if not online:
        mend = f"--online tries whether this network lets them out (asks {reach} and {OWN_ADDRESS})"
        yield warning("ports 22, 6443", "no server yet: not tried", mend)
        return
    for port, what in PORTS.items():
        said = try_port(reach, port)
        if said is None:
            yield ok(f"port {port}", f"{reach} answers: this network lets it out ({what})")
        else:
            mend = "Ask your network's administrator, use another network or a VPN; or name another host with --reach"
            yield missing(f"port {port}", f"{reach}: {said} ({what})", mend)
    yield _own_address(config, ask(OWN_ADDRESS))


def _own_address(config: StackConfig, answer: Answer) -> Check:
    try:
        own = ipaddress.ip_address(answer.text.strip())
    except ValueError:
        said = answer.text if answer.status == 0 else f"{answer.status} from {OWN_ADDRESS}"
        return warning("own address", f"unknown: {said}", "Compare it with admin_cidrs yourself")
    networks = map(ipaddress.ip_network, config.admin_cidrs)
    if any(own.version == network.version and own in network for network in networks):
        return ok("own address", f"{own} is in admin_cidrs")
    mend = f"Add {own}/{own.max_prefixlen} to stagecoach:admin_cidrs, or come by a VPN that is in it"
    return missing("own address", f"{own} is not in admin_cidrs: the firewall would keep pulumi out", mend)


def dns_checks(
    hosts: Sequence[str], address: str | None, resolve: Callable[[str], set[str]] | None = None
) -> Iterator[Check]:
    """Check the address of each of the shop's names; certificates need them, updates do not.

    Args:
        hosts: the shop's names.
        address: the server's address; None if there is no server yet.
        resolve: returns a name's addresses; None: ask the system.
    """
    if not hosts:
        yield ok("DNS", "no domain: the shop answers at its address, without TLS")
    for host in hosts:
        yield _dns_check(host, address, resolve or _resolve)


def _dns_check(host: str, address: str | None, resolve: Callable[[str], set[str]]) -> Check:
    try:
        found = resolve(host)
    except OSError as error:
        found, said = set(), error.strerror or str(error)
    else:
        said = ", ".join(sorted(found))
    if address is None:
        mend = f"After the first update set an A record for {host} to the output public_ip"
        return warning("DNS", f"{host}: {said}; there is no address yet to compare with", mend)
    if others := sorted(found - {address}) if address in found else []:
        mend = "Remove that A or AAAA record: customers and the certificate's issuer go there, too"
        return warning("DNS", f"{host} is {address}, and also {', '.join(others)}", mend)
    if address in found:
        return ok("DNS", f"{host} is {address}")
    mend = f"Set an A record for {host} to {address}; a proxy in front of it must pass port 80 for the certificate"
    return warning("DNS", f"{host}: {said}, not {address}", mend)


def _resolve(host: str) -> set[str]:
    return {str(row[4][0]) for row in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
