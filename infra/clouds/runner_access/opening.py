"""Name an opening in a firewall, so that a later command finds it again."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from infra.errors import ConfigError, Problem

PORTS = ("22", "6443")  # SSH and the Kubernetes API: the ports that the stack's firewall opens to admins
LEFT_OVER_SECONDS = 3 * 3600  # the deploy job ends after two hours
_MARK = "stagecoach-runner"
_NAME = re.compile(rf"{_MARK}-(?P<deployment>[a-z0-9-]+)-(?P<run>\d+)-(?P<seconds>\d+)$")
_RUN = re.compile(r"\d{1,20}")


@dataclass(frozen=True, kw_only=True)
class Opening:
    """An opening lets one runner's address in for one workflow run; its name records the run and the time."""

    deployment: str
    run: str
    network: str  # the address as a network of one address
    since: int  # seconds since 1970

    @property
    def name(self) -> str:
        """Return the name of the firewall, or the note of the rule."""
        return f"{_MARK}-{self.deployment}-{self.run}-{self.since}"


def make_opening(deployment: str, run: str, address: str, now: int) -> Opening:
    """Check a workflow's values and return the opening.

    Args:
        deployment: The deployment's name.
        run: The number of the workflow's run.
        address: The runner's public IP address.
        now: Seconds since 1970.

    Raises:
        ConfigError: The address is not a public one, or the run is not a number.
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
    """Return a public address as a network of one, else None: a larger network would let strangers in."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return None
    return f"{found}/{found.max_prefixlen}" if found.is_global else None


def to_close(name: str, deployment: str, run: str, now: int) -> bool:
    """Return whether this run opened the firewall or rule of that name, or a run that ended hours ago.

    Args:
        name: The name of a firewall, or the note of a rule.
        deployment: The deployment's name: openings for others are left alone.
        run: The number of this run.
        now: Seconds since 1970.
    """
    found = _NAME.match(name)
    if found is None or found["deployment"] != deployment:
        return False
    return found["run"] == run or now - int(found["seconds"]) > LEFT_OVER_SECONDS
