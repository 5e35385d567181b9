"""The table that `make up` ends with: every pod, what it requests, where it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kubernetes.utils.quantity import parse_quantity
from rich.console import Console
from rich.text import Text
from urllib3.exceptions import HTTPError

from infra.errors import Problem, StagecoachError
from infra.report.console import new_console
from infra.report.grid import Grid, fits, print_folded, print_grid, print_named, print_parts, print_title
from infra.units import Cpu, Memory
from lab.answers import answers
from lab.nodes.simulated.api import Api, ApiError, Object

_SIMULATED, _REAL = "simulated", "real server"
# Seconds; a server of the lab that starts again is open within half a minute, on a busy machine later.
_BOOT = 180
_AMOUNTS = ("cpu request", "memory request")
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
    console = new_console()
    kubeconfig = root / "kubeconfig"
    kubeconfig.touch(mode=0o600)
    kubeconfig.write_text(outputs["kubeconfig"])
    nodes, pods = _read(Api(outputs["kubeconfig"]))
    labels = {one["metadata"]["name"]: one["metadata"].get("labels", {}) for one in nodes}
    kinds = {name: _SIMULATED if _LABEL in have else _REAL for name, have in labels.items()}
    _print_tables(console, nodes, pods, kinds, outputs)
    if seconds is not None:
        console.print(f"up in {seconds:.0f} s")
    which = _which(root.name, str(outputs["provider"]))
    if _SIMULATED in kinds.values():
        console.print("Nodes and pods are [bold]simulated[/bold]: scheduled by the real scheduler, run by nobody.")
    else:
        is_open = _opens(console, outputs, health_path, 0 if seconds is None else _BOOT)
        _print_shop(console, root, outputs, which, is_open=is_open)
    _print_further(console, root, which)


def _print_tables(
    console: Console, nodes: list[Object], pods: list[Object], kinds: dict[str, str], outputs: dict[str, Any]
) -> None:
    print_grid(console, _nodes(nodes, kinds))
    print_grid(console, _pods(pods, kinds), _pods_below_headings(pods, kinds), _pods_as_blocks(pods, kinds))
    found = _outputs(outputs)
    if fits(console, found):
        print_grid(console, found)
        return
    print_title(console, found.title)
    for key, value in found.rows:
        print_folded(console, f"{key}: {value}")


def _print_further(console: Console, root: Path, which: str) -> None:
    """Commands and paths, each whole."""
    console.print("Look further:", style="bold")
    pulumi = f"make pulumi{which} ARGS="
    looks = (f'make kubectl{which} ARGS="get all -A"', f'{pulumi}"preview --diff"', f'{pulumi}"stack output"')
    print_parts(console, *looks)
    print_named(console, "the kubeconfig for kubectl, which is in .venv/bin:", str(root / "kubeconfig"))
    print_named(console, "scripts that ran on the servers, or would have:", str(root / "servers"))
    targets = ("up", "status", "down", "reset")
    print_parts(console, *(f"make {one}{which}{' STACK=stage2' if one == 'up' else ''}" for one in targets))


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
    asked = f"{outputs['url']}{health_path}"
    print_named(console, f"waiting up to {patience} s for an answer of", asked, first="")
    return answers(outputs, health_path, patience)


def _print_shop(console: Console, root: Path, outputs: dict[str, Any], which: str, *, is_open: bool) -> None:
    state = "The shop is open:" if is_open else "The shop does not answer:"
    url, command = Text(str(outputs["url"]), "bold"), f"(make url{which})"
    if len(f"{state} {url}") <= console.width:
        print_parts(console, Text.assemble(state, " ", url), command, first="")
    else:
        print_named(console, state, url, first="")
        print_parts(console, command)
    if not is_open:
        said = "what its pods do stands above, what they say:"
        print_named(console, said, f"make logs{which} POD=django")
    print_parts(console, f"make logs{which} POD=celery-worker", f"make loadtest{which}")
    print_named(console, "its e-mails lie in", str(root / "mails"))


def _which(lab: str, provider: str) -> str:
    """What make needs to be told to mean this lab: nothing for the default one."""
    provider_part = "" if provider == "hetzner" else f" PROVIDER={provider}"
    return provider_part + ("" if lab == provider else f" LAB_NAME={lab}")


def _nodes(nodes: list[Object], kinds: dict[str, str]) -> Grid:
    rows = []
    for node in nodes:
        name, have, left = node["metadata"]["name"], node["status"]["capacity"], node["status"]["allocatable"]
        rows.append((name, kinds[name], _cpu(have), _memory(have), _cpu(left), _memory(left)))
    header = ("node", "kind", "cpu", "memory", "allocatable cpu", "allocatable memory")
    return Grid(header=header, rows=rows, title="Nodes")


def _pods(pods: list[Object], kinds: dict[str, str]) -> Grid:
    rows = []
    for pod in sorted(pods, key=lambda pod: (pod["metadata"]["namespace"], pod["metadata"]["name"])):
        names = pod["metadata"]["namespace"], pod["metadata"]["name"]
        rows.append((*names, pod["status"]["phase"], _node(pod, kinds), *_requests(pod)))
    header = ("namespace", "pod", "phase", "node", *_AMOUNTS)
    return Grid(header=header, rows=rows, title="Pods", right=frozenset(_AMOUNTS))


def _pods_below_headings(pods: list[Object], kinds: dict[str, str]) -> Grid:
    """For 80 columns: namespace and node, which many pods have together, stand once above them."""
    groups: dict[str, list[tuple[str | Text, ...]]] = {}
    for namespace, pod, phase, node, *requests in _pods(pods, kinds).rows:
        groups.setdefault(f"{namespace}, node {node}", []).append((pod, phase, *requests))
    rows: list[tuple[str | Text, ...]] = []
    for heading in sorted(groups):
        rows += [(heading,), *groups[heading]]
    return Grid(header=("pod", "phase", *_AMOUNTS), rows=rows, title="Pods", right=frozenset(_AMOUNTS))


def _pods_as_blocks(pods: list[Object], kinds: dict[str, str]) -> Grid:
    """Each begins with its name."""
    rows = [(pod, namespace, *rest) for namespace, pod, *rest in _pods(pods, kinds).rows]
    return Grid(header=("pod", "namespace", "phase", "node", *_AMOUNTS), rows=rows, title="Pods")


def _node(pod: Object, kinds: dict[str, str]) -> str:
    name = pod["spec"].get("nodeName")
    return f"{name} ({kinds.get(name, _SIMULATED)})" if name else "none"


def _requests(pod: Object) -> tuple[str, str]:
    """What its containers request together."""
    requests = [one.get("resources", {}).get("requests", {}) for one in pod["spec"]["containers"]]
    cpu = sum((int(parse_quantity(one.get("cpu", "0")) * 1000) for one in requests), 0)
    memory = sum((int(parse_quantity(one.get("memory", "0"))) for one in requests), 0)
    return str(Cpu(cpu)), str(Memory(memory))


def _outputs(outputs: dict[str, Any]) -> Grid:
    rows = [
        (key, Text("secret", "dim") if key == "kubeconfig" else str(value)) for key, value in sorted(outputs.items())
    ]
    return Grid(header=("output", "value"), rows=rows, title="Outputs")


def _cpu(resources: dict[str, str]) -> str:
    return str(Cpu(int(parse_quantity(resources["cpu"]) * 1000)))


def _memory(resources: dict[str, str]) -> str:
    return f"{Memory(int(parse_quantity(resources['memory']))).whole_mib}Mi"
