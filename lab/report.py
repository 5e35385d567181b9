"""The table that `make up` ends with: every pod, what it requests, where it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kubernetes.utils.quantity import parse_quantity
from rich.console import Console
from rich.table import Table
from urllib3.exceptions import HTTPError

from infra.errors import Problem, StagecoachError
from infra.units import Cpu, Memory
from lab.answers import answers
from lab.cluster.api import Api, ApiError, Object

_SIMULATED, _REAL = "simulated", "real server"
# Seconds; a server of the lab that starts again is open within half a minute, on a busy machine later.
_BOOT = 180
_LABEL = "stagecoach.dev/simulated"  # on nodes that nobody runs


def print_report(root: Path, outputs: dict[str, Any], health_path: str, seconds: float | None) -> None:
    """Prints pods and outputs, and says how to look further; the kubeconfig goes into the lab's folder (0600).

    Args:
        root: The lab's folder.
        outputs: The stack's.
        health_path: The app's page that answers 200 when it can serve.
        seconds: What the update took, after which the shop may need a moment; None where there was none.

    Raises:
        StagecoachError: the cluster does not answer, or refuses.
    """
    console = Console(width=None if Console().is_terminal else 140)
    kubeconfig = root / "kubeconfig"
    kubeconfig.touch(mode=0o600)
    kubeconfig.write_text(outputs["kubeconfig"])
    nodes, pods = _read(Api(outputs["kubeconfig"]))
    labels = {one["metadata"]["name"]: one["metadata"].get("labels", {}) for one in nodes}
    kinds = {name: _SIMULATED if _LABEL in have else _REAL for name, have in labels.items()}
    console.print(_nodes(nodes, kinds))
    console.print(_pods(pods, kinds))
    console.print(_outputs(outputs))
    if seconds is not None:
        console.print(f"up in {seconds:.0f} s")
    which = _which(root.name, str(outputs["provider"]))
    if _SIMULATED in kinds.values():
        console.print("Nodes and pods are [bold]simulated[/bold]: scheduled by the real scheduler, run by nobody.")
    else:
        is_open = _opens(console, outputs, health_path, 0 if seconds is None else _BOOT)
        _print_shop(console, root, outputs, which, is_open=is_open)
    console.print("Look further:", style="bold")
    console.print(f"  kubectl --kubeconfig {kubeconfig} get all -A      (kubectl is in .venv/bin)", soft_wrap=True)
    console.print(
        f'  make pulumi{which} ARGS="preview --diff"      make pulumi{which} ARGS="stack output"', soft_wrap=True
    )
    console.print(f"  scripts that ran on the servers, or would have: {root / 'servers'}", soft_wrap=True)
    targets = ("up", "status", "down", "reset")
    lines = (f"make {target}{which}{' STACK=stage2' if target == 'up' else ''}" for target in targets)
    console.print("  " + "      ".join(lines), soft_wrap=True)


def _read(api: Api) -> tuple[list[Object], list[Object]]:
    """Nodes and pods."""
    try:
        return api.items("/api/v1/nodes"), api.items("/api/v1/pods")
    except (ApiError, HTTPError) as error:
        hint = "A server that starts needs up to a minute; then try again, or `make up`"
        problem = Problem(path="Kubernetes API server", value=api.url, allowed=str(error), hint=hint)
        raise StagecoachError("the deployment is there, but its cluster does not answer", [problem]) from error


def _opens(console: Console, outputs: dict[str, Any], health_path: str, patience: int) -> bool:
    """Says that it waits, if it has to."""
    if answers(outputs, health_path):
        return True
    if not patience:
        return False
    console.print(f"waiting up to {patience} s for an answer of {outputs['url']}{health_path}", soft_wrap=True)
    return answers(outputs, health_path, patience)


def _print_shop(console: Console, root: Path, outputs: dict[str, Any], which: str, *, is_open: bool) -> None:
    state = "The shop is open" if is_open else "The shop does not answer"
    console.print(f"{state}: [bold]{outputs['url']}[/bold]      (make url{which})", soft_wrap=True)
    if not is_open:
        console.print(f"  what its pods do stands above, what they say: make logs{which} POD=django", soft_wrap=True)
    console.print(f"  make logs{which} POD=celery-worker      make loadtest{which}", soft_wrap=True)
    console.print(f"  its e-mails lie in {root / 'mails'}", soft_wrap=True)


def _which(lab: str, provider: str) -> str:
    """What make needs to be told to mean this lab: nothing for the default one."""
    provider_part = "" if provider == "hetzner" else f" PROVIDER={provider}"
    return provider_part + ("" if lab == provider else f" LAB_NAME={lab}")


def _nodes(nodes: list[Object], kinds: dict[str, str]) -> Table:
    table = Table("node", "kind", "cpu", "memory", "allocatable cpu", "allocatable memory", title="Nodes")
    for node in nodes:
        name, have, left = node["metadata"]["name"], node["status"]["capacity"], node["status"]["allocatable"]
        table.add_row(name, kinds[name], _cpu(have), _memory(have), _cpu(left), _memory(left))
    return table


def _pods(pods: list[Object], kinds: dict[str, str]) -> Table:
    table = Table("namespace", "pod", "phase", "node", title="Pods")
    table.add_column("cpu request", justify="right")
    table.add_column("memory request", justify="right")
    for pod in sorted(pods, key=lambda pod: (pod["metadata"]["namespace"], pod["metadata"]["name"])):
        requests = [one.get("resources", {}).get("requests", {}) for one in pod["spec"]["containers"]]
        cpu = sum((int(parse_quantity(one.get("cpu", "0")) * 1000) for one in requests), 0)
        memory = sum((int(parse_quantity(one.get("memory", "0"))) for one in requests), 0)
        name = pod["spec"].get("nodeName")
        node = f"{name} ({kinds.get(name, _SIMULATED)})" if name else "none"
        amounts = str(Cpu(cpu)), str(Memory(memory))
        table.add_row(pod["metadata"]["namespace"], pod["metadata"]["name"], pod["status"]["phase"], node, *amounts)
    return table


def _outputs(outputs: dict[str, Any]) -> Table:
    table = Table("output", "value", title="Outputs")
    for key, value in sorted(outputs.items()):
        table.add_row(key, "[dim]secret[/dim]" if key == "kubeconfig" else str(value))
    return table


def _cpu(resources: dict[str, str]) -> str:
    return str(Cpu(int(parse_quantity(resources["cpu"]) * 1000)))


def _memory(resources: dict[str, str]) -> str:
    return f"{Memory(int(parse_quantity(resources['memory']))).whole_mib}Mi"
