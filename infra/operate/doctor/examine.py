"""Check everything that an update needs, in the order in which it would fail."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.errors import StagecoachError
from infra.names import stack_path
from infra.operate.doctor.backend import ask_backend, selected_stack
from infra.operate.doctor.check import Check, Status, missing, ok
from infra.operate.doctor.clock import clock_check, is_synchronised
from infra.operate.doctor.engine import engine_checks, plugins_check
from infra.operate.doctor.k3s import k3s_checks
from infra.operate.doctor.kubeconfig import kubeconfig_check
from infra.operate.doctor.network import dns_checks, no_server_checks, server_checks
from infra.operate.doctor.packages import packages_check, python_check
from infra.operate.doctor.provider import token_check
from infra.operate.doctor.pulumi_cli import PulumiCli
from infra.operate.doctor.reboot import reboot_check
from infra.operate.doctor.ssh_keys import keys_of_this_machine, ssh_key_checks
from infra.operate.doctor.stack_file import StackFile, read_stack_file
from infra.stack_file.deployments import stack_name
from infra.stack_file.stack_config import StackConfig

_DEFAULT = "stage1"  # the other commands read this stack's file by default, too


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Hold the command's options; everything else is looked up."""

    stack: str | None
    stack_file: Path | None
    online: bool
    reach: str


@dataclass(frozen=True, kw_only=True)
class Examination:
    """Hold the results of all checks; `error` is the stack file's."""

    stack: str | None
    checks: tuple[Check, ...]
    error: StagecoachError | None

    @property
    def passed(self) -> bool:
        """Return whether no check found something missing."""
        return all(one.status is not Status.MISSING for one in self.checks)


def examine(asked: Asked, cli: PulumiCli | None = None, environment: Mapping[str, str] = os.environ) -> Examination:
    """Run all checks; they change nothing, and their results contain no secret.

    Args:
        asked: the command's options.
        cli: the Pulumi CLI; None: the one on PATH.
        environment: the environment's variables.
    """
    cli = cli or PulumiCli()
    stack = asked.stack or (stack_name(str(asked.stack_file)) if asked.stack_file else selected_stack(cli))
    path = asked.stack_file or Path(stack_path(stack or _DEFAULT))
    file = read_stack_file(path)
    checks = [_project(), python_check(), packages_check(Path("requirements.txt")), *engine_checks(cli), *file.checks]
    if cli.program:
        backend = ask_backend(cli, stack, path, file.keys, environment)
        checks += backend.checks
        outputs = backend.outputs
    else:
        outputs = {}
    if file.config:
        checks += _deployment(file.config, file, outputs, asked, cli, environment)
    return Examination(stack=stack, checks=tuple(checks), error=file.error)


def _project() -> Check:
    try:
        name = re.search(r"^name: *(\S+)", Path("Pulumi.yaml").read_text(), re.MULTILINE)
    except (OSError, UnicodeDecodeError):
        name = None
    if name is None:
        return missing("project", "there is no Pulumi.yaml here", "Run it in the checkout's folder")
    return ok("project", f"{name[1]} in {Path.cwd()}")


def _deployment(
    config: StackConfig,
    file: StackFile,
    outputs: Mapping[str, Any],
    asked: Asked,
    cli: PulumiCli,
    environment: Mapping[str, str],
) -> Iterator[Check]:
    """Run the checks that need a valid stack file."""
    if cli.program:
        yield plugins_check(cli, config.provider, environment)
    token, answer = token_check(config.provider, file.keys["config"], environment, online=asked.online)
    yield token
    yield from ssh_key_checks(config.authorized_keys, keys_of_this_machine(Path.home()))
    now = datetime.now(tz=UTC)
    address = str(outputs["public_ip"]) if outputs.get("public_ip") else None
    if outputs:
        yield from _same_deployment(config, outputs)
        yield from k3s_checks(config, outputs, now.date())
    if address:
        yield from server_checks(config, address)
    else:
        yield from no_server_checks(config, online=asked.online, reach=asked.reach)
    if outputs.get("kubeconfig"):
        yield kubeconfig_check(str(outputs["kubeconfig"]), now.date())
        yield from reboot_check(str(outputs["kubeconfig"]), now)
    yield from dns_checks(config.hosts, address)
    date = answer.headers.get("Date") if answer else None
    yield clock_check(now, provider_date=date, synchronised=is_synchronised())


def _same_deployment(config: StackConfig, outputs: Mapping[str, Any]) -> Iterator[Check]:
    """Check that stack file and state belong to one deployment; otherwise the program refuses the update."""
    for key in ("name", "provider", "region"):
        has, wanted = outputs.get(key), getattr(config, key)
        if has and has != wanted:
            found = f"the stack file says {key} {wanted}, the stack's state is of {has}"
            yield missing("deployment", found, "Name the stack that belongs to this file with -s")
            return
    if outputs.get("name"):
        yield ok("deployment", f"{outputs['name']}, stage {outputs.get('stage')}, is built")
