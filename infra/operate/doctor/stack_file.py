"""Check the stack file, and find values in it that were left from an example."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.errors import StagecoachError
from infra.names import NAMESPACE
from infra.operate.doctor.check import Check, missing, ok, warning
from infra.planner.plan_for import plan_for
from infra.stack_file.reader.parse import parse_stack_file, read_file
from infra.stack_file.reader.required_secrets import present_secrets, require_secrets
from infra.stack_file.reader.secrecy import names_in
from infra.stack_file.reader.stack_text import read_stack_text
from infra.stack_file.stack_config import StackConfig

# These ranges are for documentation (RFC 5737, RFC 3849). The shipped stack files have one; nobody can connect from it.
_EXAMPLES = tuple(map(ipaddress.ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")))
_EXAMPLE_IMAGE = "/example/"


@dataclass(frozen=True, kw_only=True)
class StackFile:
    """Hold a stack file and its checks; `error` ends the command with exit code 2."""

    checks: tuple[Check, ...]
    config: StackConfig | None = None
    keys: Mapping[str, Any] = field(default_factory=dict)
    error: StagecoachError | None = None


def read_stack_file(path: Path) -> StackFile:
    """Read a stack file, and check that it is valid and complete and that its plan fits."""
    try:
        config = parse_stack_file(path)
        found = read_stack_text(read_file(path), path)
        require_secrets(
            config, present_secrets(found.values), names_in(found.values.get(f"{NAMESPACE}:alerts_webhooks"))
        )
        plan = plan_for(config)
    except StagecoachError as error:
        summary = f"{error.title}: {_count(len(error.problems))}"
        return StackFile(checks=(missing("stack file", summary, "See the list below the table"),), error=error)
    checks = [ok("stack file", f"{path}: {config.name}, stage {plan.stage} on {config.provider}, {config.region}")]
    if not plan.sound:
        checks.append(missing("plan", "; ".join(plan.faults), f"python -m infra plan --stack-file {path}"))
    else:
        checks.append(ok("plan", f"fits {plan.server.instance_type}"))
    checks += [warning("plan", *_halves(line)) for line in plan.warnings]
    keys = {**found.top, "config": found.values}
    return StackFile(checks=(*checks, *_examples(config)), config=config, keys=keys)


def _examples(config: StackConfig) -> Iterator[Check]:
    """Find values that were copied from an example."""
    networks = [one for one in config.admin_cidrs if _is_example(one)]
    if networks:
        found = f"{', '.join(networks)} is a documentation range (RFC 5737): neither you nor Pulumi can connect from it"
        yield missing("admin_cidrs", found, "Name your own address with /32 behind it, your VPN, your CI runner")
    else:
        yield ok("admin_cidrs", ", ".join(config.admin_cidrs))
    if _EXAMPLE_IMAGE in config.image:
        yield warning("image", f"{config.image} is an example", "Name the image that you have pushed")


def _is_example(cidr: str) -> bool:
    network = ipaddress.ip_network(cidr)
    return any(
        network.version == example.version
        and network.network_address in example
        and network.broadcast_address in example
        for example in _EXAMPLES
    )


def _halves(line: str) -> tuple[str, str]:
    """Split a line into the finding and the hint."""
    found, _, mend = line.partition(". ")
    return found, mend


def _count(problems: int) -> str:
    return "1 problem" if problems == 1 else f"{problems} problems"
