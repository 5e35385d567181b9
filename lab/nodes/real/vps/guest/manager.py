"""Starts and stops units with what they require, in their order."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from lab.nodes.real.vps.guest import journal, relations
from lab.nodes.real.vps.guest.children import Children
from lab.nodes.real.vps.guest.mount import Mount
from lab.nodes.real.vps.guest.service import Service
from lab.nodes.real.vps.guest.timer import Timer
from lab.nodes.real.vps.guest.units import Unit, load

Runner = Service | Mount | Timer
_RESULTS = {
    "dependency": "A dependency job for {name} failed. See 'journalctl -xe' for details.",
    "assert": "Assertion failed on job for {name}.",
    "timeout": "Job for {name} failed because a timeout was exceeded.",
    "exit-code": "Job for {name} failed because the control process exited with error code.",
    "signal": "Job for {name} failed because a fatal signal was delivered to the control process.",
    "protocol": "Job for {name} failed because the service did not take the steps required by its unit configuration.",
    "resources": "Job for {name} failed because of unavailable resources or another system error.",
}


class Manager:
    """Every unit that was named so far, and the order in which they came up."""

    def __init__(self, children: Children) -> None:
        self.children = children
        self.runners: dict[str, Runner] = {}
        self.system = "starting"  # as `systemctl is-system-running` says
        self.order: list[str] = []  # of active units, for the way down

    def get(self, name: str) -> Runner | None:
        """The unit's runner; None where there is no such unit, or one of a kind that is not run (targets, sockets)."""
        if name not in self.runners:
            unit = load(name)
            if unit is None or not name.endswith((".service", ".mount", ".timer")):
                return None
            self.runners[name] = _runner(unit, self.children)
        return self.runners[name]

    def reload(self) -> None:
        """Reads every unit again; what runs goes on, units without a file that do not run are forgotten."""
        for name, runner in list(self.runners.items()):
            unit = load(name)
            if unit:
                runner.unit = unit
            elif runner.state in ("inactive", "failed"):
                del self.runners[name]

    async def start(self, names: Iterable[str]) -> dict[str, str]:
        """Starts units and what they require or want; what went wrong by the names that were asked for."""
        asked = list(names)
        jobs: dict[str, asyncio.Task[bool]] = {}
        wanted = self._closure(asked)
        try:
            before = self._ordering(wanted)
        except CycleError as error:
            return dict.fromkeys(asked, f"ordering cycle: {' -> '.join(map(str, error.args[1]))}")
        for name in wanted:
            jobs[name] = asyncio.create_task(self._start(name, before[name], jobs))
        await asyncio.gather(*jobs.values())
        failed = [name for name in asked if not (name in jobs and jobs[name].result())]
        return {name: self._failure(name) for name in failed}

    def _failure(self, name: str) -> str:
        runner = self.runners.get(name)
        if runner is None:
            return f"Failed to start {name}: Unit {name} not found."
        return _RESULTS.get(runner.result, "Job for {name} failed.").format(name=name)

    def _closure(self, names: list[str]) -> list[str]:
        found: list[str] = []
        todo = list(names)
        while todo:
            name = todo.pop(0)
            runner = self.get(name)
            if runner is None or name in found:
                continue
            found.append(name)
            todo += [*relations.requires(runner.unit, self._exists), *runner.unit.words("Unit", "Wants")]
        return found

    def _exists(self, name: str) -> bool:
        return self.get(name) is not None

    def _ordering(self, wanted: list[str]) -> dict[str, set[str]]:
        """By name, which of the others come first; CycleError if that can't be."""
        before: dict[str, set[str]] = {name: set() for name in wanted}
        for name in wanted:
            unit = self.runners[name].unit
            earlier = [*unit.words("Unit", "After"), *relations.mounts(unit, self._exists)]
            before[name] |= {other for other in earlier if other in before and other != name}
            for later in unit.words("Unit", "Before"):
                if later in before:
                    before[later].add(name)
        TopologicalSorter(before).prepare()
        return before

    async def _start(self, name: str, before: set[str], jobs: dict[str, asyncio.Task[bool]]) -> bool:
        await asyncio.gather(*(jobs[other] for other in before))
        runner = self.runners[name]
        if runner.state == "active":
            return True
        for other in relations.requires(runner.unit, self._exists):
            if not (other in jobs and await jobs[other]):
                journal.say(name, f"Dependency failed for {name} - {runner.unit.description}.")
                return _refuse(runner, "dependency")
        missing = relations.missing(runner.unit, "Assert")
        if missing:
            journal.say(name, f"{name}: Starting requested but asserts failed ({missing}).")
            return _refuse(runner, "assert")
        missing = relations.missing(runner.unit, "Condition")
        if missing:
            journal.say(name, f"{name} was skipped because of an unmet condition check ({missing}).")
            return True
        active = await runner.start()
        if active:
            self.order = [*(one for one in self.order if one != name), name]
        return active

    async def stop(self, names: Iterable[str]) -> None:
        """Stops units, after those that require them."""
        for name in names:
            runner = self.get(name)
            if runner is None:
                continue
            users = [
                other
                for other in reversed(self.order)
                if other != name and name in relations.requires(self.runners[other].unit, self._exists)
            ]
            await self.stop(users)
            await runner.stop()
            self.order = [one for one in self.order if one != name]

    async def stop_all(self) -> None:
        """Everything that is up, the last first."""
        for name in [*reversed(self.order), *(one for one in self.runners if one not in self.order)]:
            if isinstance(self.runners.get(name), Service):
                await self.runners[name].stop()

    def enabled(self, folder: Path = Path("/etc/systemd/system/multi-user.target.wants")) -> list[str]:
        """Units that start with the machine."""
        return sorted(path.name for path in folder.glob("*") if path.exists())


def _runner(unit: Unit, children: Children) -> Runner:
    if unit.name.endswith(".timer"):
        return Timer(unit)
    return Mount(unit, children) if unit.name.endswith(".mount") else Service(unit, children)


def _refuse(runner: Runner, result: str) -> bool:
    runner.result = result
    return False
