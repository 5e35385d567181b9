"""Check the Pulumi CLI, its language host and its provider plugins."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata

from infra.clouds import CLOUDS
from infra.operate.doctor.check import Check, missing, ok, warning
from infra.operate.doctor.pulumi_cli import PulumiCli
from infra.versions import PULUMI_VERSION

_INSTALL = "Install Pulumi as its vendor says: https://www.pulumi.com/docs/iac/download-install/"
_NUMBER = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")
# For each plugin, the Python package that has the same version.
_ALWAYS = {
    "kubernetes": "pulumi-kubernetes",
    "command": "pulumi-command",
    "random": "pulumi-random",
    "tls": "pulumi-tls",
}


def engine_checks(cli: PulumiCli) -> Iterator[Check]:
    """Check the CLI and its language host."""
    code, output, said = cli.run("version")
    if code:
        yield missing("pulumi", said, _INSTALL)
        return
    number = _NUMBER.search(output)
    found = output.strip().splitlines()[-1] if output.strip() else "no version"
    if number is None:
        yield warning("pulumi", f"`pulumi version` says {found}", _INSTALL)
    else:
        yield _version(tuple(map(int, number.groups())), found)
    host = cli.language_host()
    if host:
        yield ok("language host", str(host))
    else:
        yield missing("language host", "pulumi-language-python is neither beside pulumi nor on PATH", _INSTALL)


def _version(version: tuple[int, ...], found: str) -> Check:
    oldest = tuple(map(int, PULUMI_VERSION.split(".")))
    if version[0] != oldest[0]:
        return missing("pulumi", found, f"Install a version {oldest[0]}.x, {PULUMI_VERSION} or newer")
    if version < oldest:
        return warning("pulumi", f"{found}, older than the one of the tests", f"Update it to {PULUMI_VERSION} or newer")
    return ok("pulumi", found)


def plugins_check(
    cli: PulumiCli,
    provider: str,
    environment: Mapping[str, str],
    installed: Callable[[str], str] = metadata.version,
) -> Check:
    """Check the provider plugins; the first preview downloads missing ones, unless that is switched off.

    Args:
        cli: the Pulumi CLI.
        provider: the stack's provider.
        environment: the environment's variables.
        installed: returns the installed version of a Python package.
    """
    rows, said = cli.json("plugin", "ls", "--json")
    if not isinstance(rows, list):
        return warning("plugins", f"`pulumi plugin ls` says: {said}", "See `pulumi plugin ls`")
    has = {(str(row.get("name")), str(row.get("version"))) for row in rows if isinstance(row, dict)}
    attached = {one.partition(":")[0] for one in environment.get("PULUMI_DEBUG_PROVIDERS", "").split(",")}
    cloud = CLOUDS[provider]
    wanted = {name: installed(package) for name, package in {cloud.plugin: cloud.distribution, **_ALWAYS}.items()}
    absent = [
        (name, version) for name, version in wanted.items() if name not in attached and (name, version) not in has
    ]
    if not absent:
        return ok("plugins", ", ".join(f"{name} {version}" for name, version in wanted.items()))
    found = f"not yet here: {', '.join(f'{name} {version}' for name, version in absent)}"
    if environment.get("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "").lower() in ("1", "true"):
        return missing("plugins", found, "`pulumi plugin install` in this folder")
    return warning("plugins", found, "The first preview downloads them; `pulumi plugin install` does it now")
