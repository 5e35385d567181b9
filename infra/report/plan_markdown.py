"""Write a plan as Markdown."""

from __future__ import annotations

from infra.prices.month import month_price
from infra.report.markdown import Folded, folded_table, table
from infra.report.markdown_text import code, plain
from infra.sizing.plan import StackPlan


def plan_markdown(plan: StackPlan) -> list[str | Folded]:
    """Return the nodes in the open; workloads, contracts and departures are folded."""
    return ["\n".join(_nodes(plan)), *_problems(plan), *warning_lines(plan), *_folded(plan)]


def contracts_markdown(plan: StackPlan) -> str:
    """Return a table of every contract, with the field to change."""
    rows = [
        (plain(one.name), "yes" if one.ok else "**NO**", plain(one.reason), code(f"stagecoach:{one.field}"))
        for one in plan.checks
    ]
    return "\n".join(["### Contracts", "", *table(("contract", "kept", "reason", "change"), rows), ""])


def _nodes(plan: StackPlan) -> list[str]:
    head = ("node", "count", "instance type", "vCPU", "memory", "a month, without VAT", "allocatable")
    rows = [
        (
            node.role,
            str(node.count),
            code(node.instance_type),
            str(node.vcpu),
            str(node.memory),
            f"{node.price} {node.currency}",
            f"{node.allocatable.cpu}, {node.allocatable.memory.whole_mib}Mi",
        )
        for node in plan.nodes
    ]
    return [f"Stage {plan.stage} on {plan.provider}, {code(plan.region)}", "", *table(head, rows), "", _bill(plan), ""]


def _bill(plan: StackPlan) -> str:
    price = month_price(plan)
    return f"**{price} without VAT:** {plain(price.bill)}"


def _problems(plan: StackPlan) -> list[str]:
    shown = [f"- **{plain(line)}**" for line in plan.faults]
    shown += [f"- What would help, planned: {code(one.change)}: {plain(one.effect)}" for one in plan.remedies]
    return ["\n".join([*shown, ""])] if shown else []


def warning_lines(plan: StackPlan) -> list[str]:
    """Return warnings: such a plan is built all the same, but will cause trouble."""
    shown = [f"- **Warning:** {plain(line)}" for line in plan.warnings]
    return ["\n".join([*shown, ""])] if shown else []


def _folded(plan: StackPlan) -> list[Folded]:
    workloads = []
    for one in plan.workloads:
        replicas = one.replicas
        counts = f"{replicas.min}/{replicas.planned}/{replicas.max} + {replicas.surge}"
        for container in one.containers:
            requests = f"{container.requests.cpu} {container.requests.memory}"
            limits = f"{container.limits.cpu or '-'} {container.limits.memory or '-'}"
            workloads.append((code(one.name), code(container.name), requests, limits, counts))
    head = ("workload", "container", "requests", "limits", "min/planned/max + surge")
    checks = [(plain(one.name), "yes" if one.ok else "**NO**", plain(one.reason)) for one in plan.checks]
    differences = [(code(one.field), plain(one.guide), plain(one.plan), plain(one.why)) for one in plan.departures]
    return [
        folded_table(f"{len(plan.workloads)} workloads", head, workloads),
        folded_table(f"{len(checks)} contracts", ("contract", "kept", "reason"), checks),
        folded_table("Departures from the guide and the stage", ("field", "guide", "plan", "why"), differences),
    ]
