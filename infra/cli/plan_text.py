"""A plan as tables."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from infra.cli.console import new_console
from infra.prices.month import month_price
from infra.sizing.plan import StackPlan


def print_plan(plan: StackPlan) -> None:
    """Nodes, workloads, the sum at the peak, contracts, departures from the guide."""
    console = new_console()
    console.print(f"Stage {plan.stage} on {plan.provider}, {plan.region}", style="bold")
    if plan.use:
        use = plan.use
        console.print(f"{use.customers} of {use.up_to} customers ({use.percent} %), then {use.then}")
    console.print(_nodes(plan))
    price = month_price(plan)
    console.print(f"{price} without VAT: {price.bill}")
    console.print(_workloads(plan))
    _print_proof(console, plan)
    console.print(_checks(plan))
    console.print(_departures(plan))


def print_contracts(plan: StackPlan) -> None:
    """Every contract alone, with the field that mends it."""
    new_console().print(_checks(plan, fields=True))


def _print_proof(console: Console, plan: StackPlan) -> None:
    """The worst moment, the pod that is nearest to having no node, and what would help."""
    proof, tightest = plan.proof, plan.proof.tightest
    peak = f"{proof.peak.cpu} and {proof.peak.memory}"
    console.print(f"at the peak, every maximum, surge and job at once: {proof.pods} pods, {peak}")
    for name, left in proof.left:
        console.print(f"left on {name}: {left.cpu} and {left.memory.whole_mib}Mi")
    asks = f"{tightest.pod} ({tightest.requests.cpu}, {tightest.requests.memory})"
    room = f"{tightest.left.cpu} and {tightest.left.memory.whole_mib}Mi"
    if plan.fits:
        full = f"{tightest.binds} is {tightest.used_percent} % full"
        console.print(f"the tightest moment: {asks} comes last to {tightest.node}, then {room} are left and {full}")
    else:
        console.print(f"the tightest moment: {asks} finds no node, {room} are left on {tightest.node}")
    console.print(f"  ({tightest.moment})")
    console.print("It fits." if plan.fits else "It does not fit.", style="bold green" if plan.fits else "bold red")
    for one in plan.remedies:
        console.print(Text(f"what would help: {one.change}: {one.effect}"))


def _nodes(plan: StackPlan) -> Table:
    table = Table("role", "count", "instance type", "vCPU", "memory", "price a month", "allocatable", title="Nodes")
    for node in plan.nodes:
        left = f"{node.allocatable.cpu} {node.allocatable.memory.whole_mib}Mi"
        price = f"{node.price} {node.currency}"
        table.add_row(node.role, str(node.count), node.instance_type, str(node.vcpu), str(node.memory), price, left)
    return table


def _workloads(plan: StackPlan) -> Table:
    table = Table("workload", "container", "requests", "limits", title="Workloads")
    table.add_column("min/planned/max + surge", justify="right")
    for one in plan.workloads:
        replicas = one.replicas
        counts = f"{replicas.min}/{replicas.planned}/{replicas.max} + {replicas.surge}"
        for index, container in enumerate(one.containers):
            requests = f"{container.requests.cpu} {container.requests.memory}"
            limits = f"{container.limits.cpu or '-'} {container.limits.memory or '-'}"
            first = index == 0
            table.add_row(one.name if first else "", container.name, requests, limits, counts if first else "")
    return table


def _checks(plan: StackPlan, *, fields: bool = False) -> Table:
    table = Table("contract", "kept", "reason", *(["change"] if fields else []), title="Contracts")
    for check in plan.checks:
        change = [f"stagecoach:{check.field}"] if fields else []
        table.add_row(check.name, "yes" if check.ok else "[red]NO[/red]", check.reason, *change)
    return table


def _departures(plan: StackPlan) -> Table:
    table = Table("field", "guide or stage", "plan", "why", title="Departures from the guide and the stage")
    for one in plan.departures:
        table.add_row(one.field, one.guide, one.plan, one.why)
    return table
