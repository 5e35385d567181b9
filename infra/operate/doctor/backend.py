"""Check the backend: the login, the stack, the passphrase, and the running deployment's outputs."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.operate.doctor.check import Check, missing, ok, warning
from infra.operate.doctor.pulumi_cli import PulumiCli

_CREDENTIALS = re.compile(r"//[^/@]*@")  # the credentials in a URL
_PASSPHRASE, _FILE = "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"


@dataclass(frozen=True, kw_only=True)
class Backend:
    """Hold the checks and the stack's outputs; secrets are among the outputs, so they are never printed."""

    checks: tuple[Check, ...]
    outputs: Mapping[str, Any] = field(default_factory=dict, repr=False)


def ask_backend(
    cli: PulumiCli, stack: str | None, file: Path, keys: Mapping[str, Any], environment: Mapping[str, str] = os.environ
) -> Backend:
    """Check login, stack and passphrase.

    Args:
        cli: the Pulumi CLI.
        stack: the stack's name; None: none is selected.
        file: the stack file.
        keys: the stack file's top-level keys.
        environment: the environment's variables.
    """
    who, said = cli.json("whoami", "--json")
    if not isinstance(who, dict):
        folder = "'file:///home/you/shop-state?metadata=skip'"
        mend = f"pulumi login s3://..., {folder}, or Pulumi's own service; see docs/tutorial"
        return Backend(checks=(missing("login", said, mend),))
    url = _CREDENTIALS.sub("//", str(who.get("url", "")))
    checks = [ok("login", f"{who.get('user')} at {url}")]
    rows, said = cli.json("stack", "ls", "--json")
    if not isinstance(rows, list):
        return Backend(checks=(*checks, missing("stack", said, "See `pulumi stack ls`")))
    names = {str(row["name"]).rsplit("/", 1)[-1] for row in rows if isinstance(row, dict) and "name" in row}
    checks.append(_stack(stack, names))
    passphrase = _passphrase(url, keys, environment)
    if stack not in names:
        return Backend(checks=(*checks, passphrase))
    outputs, said = cli.json("stack", "output", "--json", "--show-secrets", "--stack", str(stack))
    if isinstance(outputs, dict) and "encryptionsalt" in keys:
        # A new stack's state has nothing to decrypt, but its file may have.
        options = ("--json", "--show-secrets", "--stack", str(stack), "--config-file", str(file))
        said = cli.json("config", *options)[1]
    if "passphrase" in said.lower():
        mend = f"Set {_PASSPHRASE} to the one that `pulumi stack init` was given: your password manager has it"
        passphrase = missing("passphrase", said, mend)
    elif not isinstance(outputs, dict):
        return Backend(checks=(*checks, passphrase, missing("state", said, "See `pulumi stack export`")))
    return Backend(checks=(*checks, passphrase), outputs=outputs if isinstance(outputs, dict) else {})


def selected_stack(cli: PulumiCli) -> str | None:
    """Return the stack that `pulumi stack select` has chosen; None if there is none."""
    rows, _ = cli.json("stack", "ls", "--json")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and row.get("current"):
            return str(row["name"]).rsplit("/", 1)[-1]
    return None


def _stack(stack: str | None, names: set[str]) -> Check:
    known = f"the backend has {', '.join(sorted(names)) or 'none'}"
    if stack is None:
        mend = "pulumi stack select, or name it with -s" if names else "pulumi stack init stage1"
        return missing("stack", f"none is selected; {known}", mend)
    if stack not in names:
        return missing("stack", f"no {stack}; {known}", f"pulumi stack init {stack}")
    return ok("stack", stack)


def _passphrase(url: str, keys: Mapping[str, Any], environment: Mapping[str, str]) -> Check:
    provider = str(keys.get("secretsprovider") or "passphrase")
    if provider != "passphrase":
        return ok("passphrase", f"not needed: {provider.partition(':')[0]} encrypts the secrets")
    if url.startswith(("https://", "http://")) and "encryptionsalt" not in keys:
        return ok("passphrase", "not needed: the backend encrypts the secrets")
    if environment.get(_PASSPHRASE):
        return ok("passphrase", f"{_PASSPHRASE} is set")
    if environment.get(_FILE):
        return _passphrase_file(environment[_FILE])
    if _PASSPHRASE in environment:
        return warning("passphrase", "it is empty: who has the state has its secrets", "Choose one for a real shop")
    return missing("passphrase", "not set", f"export {_PASSPHRASE}=..., from your password manager")


def _passphrase_file(path: str) -> Check:
    if os.access(path, os.R_OK) and Path(path).is_file():
        return ok("passphrase", f"in {path}")
    return missing("passphrase", f"{_FILE} names {path}, which can't be read", "Name the file that has it")
