"""Find the kubeconfig of a stack's cluster: in the stack's state, or in a file."""

from __future__ import annotations

import difflib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from infra.errors import ConfigError, Problem, RefusedError
from infra.operate.doctor.pulumi_cli import PulumiCli
from infra.operate.kubectl import Kubectl

_NOT_SELECTED, _NOT_NAMED = "no stack selected", "no stack named"
# If pulumi gives no kubeconfig, its message contains one of these keys. The values are the meaning and a hint.
_MEANINGS = {
    "does not have output property": (
        "its state has no kubeconfig: it was never built, or its first update failed",
        "`pulumi up` builds it; `python -m infra doctor` says what is missing",
    ),
    "incorrect passphrase": (
        "its secrets are encrypted with another passphrase than PULUMI_CONFIG_PASSPHRASE (or its file) has",
        "Set the one that `pulumi stack init` was given",
    ),
    "passphrase": (
        "its secrets are encrypted, and no passphrase is set",
        "Set PULUMI_CONFIG_PASSPHRASE to the one that `pulumi stack init` was given",
    ),
    "Pulumi.yaml": ("there is no Pulumi.yaml here", "Run it in the checkout's folder, or use --kubeconfig"),
    "there is no pulumi on PATH": (
        "pulumi is not on PATH",
        "Install it (https://www.pulumi.com/docs/iac/download-install/), or use --kubeconfig",
    ),
}


@contextmanager
def cluster_of(stack: str | None, kubeconfig: Path | None) -> Iterator[Kubectl]:
    """Yield kubectl with the stack's own access.

    Args:
        stack: a stack's name; None: the selected stack.
        kubeconfig: a file to use; None: ask the engine.

    Raises:
        ConfigError: the file is not a kubeconfig.
        RefusedError: pulumi gives no kubeconfig.
    """
    if kubeconfig:
        require_kubeconfig(kubeconfig)
        yield Kubectl(kubeconfig)
        return
    with kubeconfig_of(stack) as path:
        yield Kubectl(path)


@contextmanager
def kubeconfig_of(stack: str | None) -> Iterator[Path]:
    """Yield a file with the stack's kubeconfig; only its owner can read it, and it is deleted afterwards.

    Args:
        stack: a stack's name; None: the selected stack.

    Raises:
        RefusedError: pulumi gives no kubeconfig.
    """
    cli = PulumiCli()
    named = ("--stack", stack) if stack else ()
    code, text, said = cli.run("stack", "output", "kubeconfig", "--show-secrets", *named)
    if code:
        raise _no_access(cli, stack, said)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "kubeconfig")
        path.touch(mode=0o600)
        path.write_text(text)
        yield path


def require_kubeconfig(path: Path) -> None:
    """Check a file before kubectl gets it: kubectl's own message would sound as if the cluster were at fault.

    Raises:
        ConfigError: the file can't be read, or is not a kubeconfig.
    """
    try:
        content = yaml.safe_load(path.read_text())
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        said = _unread(error)
    else:
        if isinstance(content, dict) and content.get("clusters"):
            return
        said = "a mapping with `clusters:`"
    hint = "Write it with `pulumi stack output kubeconfig --show-secrets`, or name the stack with --stack"
    raise ConfigError("this is no kubeconfig", [Problem(path=str(path), value="", allowed=said, hint=hint)])


def _unread(error: Exception) -> str:
    """Say why a file can't be read, without a word of the file: the wrong line may be a private key."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f"line {error.problem_mark.line + 1} is no YAML"
    return (error.strerror if isinstance(error, OSError) else None) or "is no text in YAML"


def _no_access(cli: PulumiCli, stack: str | None, said: str) -> RefusedError:
    if _NOT_SELECTED in said:
        hint = f"Name one with --stack, or `pulumi stack select`; {_known(_stacks(cli))}"
        return RefusedError("no stack is selected", [Problem(path="--stack", value="", allowed="a stack", hint=hint)])
    title = f"no access to stack {stack}" if stack else "no access to the selected stack"
    if _NOT_NAMED in said:
        names = _stacks(cli)
        close = difflib.get_close_matches(stack or "", names, n=1)
        hint = f"Did you mean {close[0]}?" if close else f"`pulumi stack ls` lists them; {_known(names)}"
        problem = Problem(path="--stack", value=stack or "", allowed="the backend has no such stack", hint=hint)
        return RefusedError(title, [problem])
    found = next((one for words, one in _MEANINGS.items() if words.lower() in said.lower()), None)
    meaning, hint = found or (f"pulumi says: {said}", "`pulumi login`, or name a file with --kubeconfig")
    return RefusedError(title, [Problem(path="pulumi", value="", allowed=meaning, hint=hint)])


def _stacks(cli: PulumiCli) -> list[str]:
    rows, _ = cli.json("stack", "ls", "--json")
    return (
        [str(one["name"]) for one in rows if isinstance(one, dict) and "name" in one] if isinstance(rows, list) else []
    )


def _known(names: list[str]) -> str:
    return f"the backend has {', '.join(sorted(names)) or 'none'}"
