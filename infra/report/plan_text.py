"""Print a plan as tables."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from infra.prices.month import month_price
from infra.report.console import new_console
from infra.report.grid import Grid, print_folded, print_grid
from infra.sizing.plan import StackPlan

_COUNTS = "min/planned/max + surge"


def print_plan(plan: StackPlan, console: Console | None = None) -> None:
    """Print nodes, workloads, the sum at the peak, contracts and departures from the guide.

    Args:
        plan: what is printed.
        console: where; standard output if left out.
    """
    console = console or new_console()
    console.print(f"Stage {plan.stage} on {plan.provider}, {plan.region}", style="bold")
    if plan.use:
        use = plan.use
        console.print(f"{use.customers} of {use.up_to} customers ({use.percent} %), then {use.then}")
    print_grid(console, _nodes(plan))
    price = month_price(plan)
    console.print(f"{price} without VAT: {price.bill}")
    print_grid(console, *_workloads(plan))
    _print_proof(console, plan)
    print_grid(console, *_checks(plan))
    print_grid(console, _departures(plan))
    for line in plan.warnings:
        console.print(Text(f"warning: {line}", "yellow"))


def print_contracts(plan: StackPlan) -> None:
    """Print every contract, with the field to change."""
    print_grid(new_console(), *_checks(plan, fields=True))


def _print_proof(console: Console, plan: StackPlan) -> None:
    """Print the worst moment, the pod with the least room, and changes that would help."""
    proof, tightest = plan.proof, plan.proof.tightest
    peak = f"{proof.peak.cpu} and {proof.peak.memory}"
    console.print(f"at the peak, every maximum, surge and job at once: {proof.pods} pods, {peak}")
    for name, left in proof.left:
        console.print(f"left on {name}: {left.cpu} and {left.memory.whole_mib}Mi")
    asks = f"{tightest.pod} ({tightest.requests.cpu}, {tightest.requests.memory})"
    room = f"{tightest.left.cpu} and {tightest.left.memory.whole_mib}Mi"
    if plan.fits:
        full = f"{tightest.binds} is {tightest.used_percent} % full"
        console.print(f"tightest fit: {asks} is scheduled last on {tightest.node}; {room} are left and {full}")
    else:
        console.print(f"tightest fit: {asks} finds no node; {room} are left on {tightest.node}")
    print_folded(console, f"({tightest.moment})", first="  ", then="   ")
    console.print(_verdict(plan))
    for one in plan.remedies:
        console.print(Text(f"what would help: {one.change}: {one.effect}"))


def _verdict(plan: StackPlan) -> Text:
    """Say in one sentence whether the plan holds; it does not if a contract is broken, even though the pods fit."""
    broken = sum(not check.ok for check in plan.checks)
    if not plan.fits:
        return Text("It does not fit.", "bold red")
    if broken:
        many = "a contract is broken" if broken == 1 else f"{broken} contracts are broken"
        return Text(f"The pods fit, but {many}.", "bold red")
    return Text("It fits.", "bold green")


def _nodes(plan: StackPlan) -> Grid:
    rows = []
    for node in plan.nodes:
        left = f"{node.allocatable.cpu} {node.allocatable.memory.whole_mib}Mi"
        price = f"{node.price} {node.currency}"
        rows.append((node.role, str(node.count), node.instance_type, str(node.vcpu), str(node.memory), price, left))
    header = ("role", "count", "instance type", "vCPU", "memory", "price a month", "allocatable")
    return Grid(header=header, rows=rows, title="Nodes")


def _workloads(plan: StackPlan) -> tuple[Grid, Grid]:
    """Return a wide table, and a narrow one with workload and container in one column."""
    amounts = ("requests", "limits", _COUNTS)
    wide, narrow = [], []
    for one in plan.workloads:
        replicas = one.replicas
        counts = f"{replicas.min}/{replicas.planned}/{replicas.max} + {replicas.surge}"
        for index, container in enumerate(one.containers):
            requests = f"{container.requests.cpu} {container.requests.memory}"
            limits = f"{container.limits.cpu or '-'} {container.limits.memory or '-'}"
            cells = (requests, limits, "" if index else counts)
            wide.append(("" if index else one.name, container.name, *cells))
            alone = one.name == container.name and len(one.containers) == 1
            narrow.append((one.name if alone else f"{one.name}: {container.name}", *cells))
    right = frozenset({_COUNTS})
    return (
        Grid(header=("workload", "container", *amounts), rows=wide, title="Workloads", right=right),
        Grid(header=("workload: container", *amounts), rows=narrow, title="Workloads", right=right),
    )


def _checks(plan: StackPlan, *, fields: bool = False) -> tuple[Grid, Grid]:
    """Return a wide table, and a narrow one that says in the first column whether a contract is kept."""
    wide: list[tuple[str | Text, ...]] = []
    narrow: list[tuple[str | Text, ...]] = []
    for check in plan.checks:
        style = "" if check.ok else "red"
        cells = [check.reason, *([f"stagecoach:{check.field}"] if fields else [])]
        wide.append((check.name, Text("yes" if check.ok else "NO", style), *cells))
        narrow.append((Text(f"{check.name}: {'kept' if check.ok else 'NOT kept'}", style), *cells))
    more = ("reason", *(["change"] if fields else []))
    return (
        Grid(header=("contract", "kept", *more), rows=wide, title="Contracts"),
        Grid(header=("contract", *more), rows=narrow, title="Contracts"),
    )


def _departures(plan: StackPlan) -> Grid:
    rows = [(one.field, one.guide, one.plan, one.why) for one in plan.departures]
    header = ("field", "guide or stage", "plan", "why")
    return Grid(header=header, rows=rows, title="Departures from the guide and the stage")
