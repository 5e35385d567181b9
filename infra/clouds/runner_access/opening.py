"""What is opened, and how it is found again."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from infra.errors import ConfigError, Problem

PORTS = ("22", "6443")  # SSH and the Kubernetes API, as the stack's own firewall has them
LEFT_OVER_SECONDS = 3 * 3600  # the deploy job ends after two hours
_MARK = "stagecoach-runner"
_NAME = re.compile(rf"{_MARK}-(?P<deployment>[a-z0-9-]+)-(?P<run>\d+)-(?P<seconds>\d+)$")
_RUN = re.compile(r"\d{1,20}")


@dataclass(frozen=True, kw_only=True)
class Opening:
    """One runner's address, for one run of a workflow; its name tells whose it is and since when."""

    deployment: str
    run: str
    network: str  # an address as a network of one
    since: int  # seconds since 1970

    @property
    def name(self) -> str:
        """The firewall's name, or the rule's note."""
        return f"{_MARK}-{self.deployment}-{self.run}-{self.since}"


def make_opening(deployment: str, run: str, address: str, now: int) -> Opening:
    """Of texts that a workflow gives.

    Raises:
        ConfigError: the address is none of the internet, or the run is no number.
    """
    problems = []
    network = _network(address.strip())
    if network is None:
        hint = "Ask a service that tells it, for example `curl -fsS https://checkip.amazonaws.com`"
        problems.append(Problem(path="--address", value=address, allowed="this runner's address", hint=hint))
    if not _RUN.fullmatch(run):
        hint = "Give GITHUB_RUN_ID"
        problems.append(Problem(path="--run", value=run, allowed="the number of the workflow's run", hint=hint))
    if network is None or problems:
        raise ConfigError("nothing can be opened", problems)
    return Opening(deployment=deployment, run=run, network=network, since=now)


def _network(address: str) -> str | None:
    """None where it is not one address of the internet: a network would let in the neighbours."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return None
    return f"{found}/{found.max_prefixlen}" if found.is_global else None


def to_close(name: str, deployment: str, run: str, now: int) -> bool:
    """Whether a firewall or rule of that name is this run's, or was left open by one that died."""
    found = _NAME.match(name)
    if found is None or found["deployment"] != deployment:
        return False
    return found["run"] == run or now - int(found["seconds"]) > LEFT_OVER_SECONDS
