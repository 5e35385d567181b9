"""What `systemctl` asks of process 1, over a socket."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from lab.nodes.real.vps.guest import cgroup, journal
from lab.nodes.real.vps.guest.manager import Manager, Runner
from lab.nodes.real.vps.guest.units import full_name

SOCKET = "/run/systemd/private"
_NOT_ACTIVE, _NO_SUCH_UNIT = 3, 4


class Control:
    """Answers requests `{verb, units}` with `{code, output, errors}`."""

    def __init__(self, manager: Manager, power_off: asyncio.Event) -> None:
        self.manager = manager
        self.power_off = power_off

    async def listen(self) -> None:
        """Serves from now on; only root may ask."""
        await asyncio.start_unix_server(self._serve, SOCKET)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = json.loads(await reader.readline())
        answer = await self.answer(request["verb"], [full_name(name) for name in request["units"]])
        writer.write(json.dumps(answer).encode() + b"\n")
        writer.close()

    async def answer(self, verb: str, units: list[str]) -> dict[str, Any]:
        """What one command leads to."""
        answers = {
            "start": self._start,
            "stop": self._stop,
            "restart": self._restart,
            "reload-or-restart": self._restart,
            "try-restart": self._try_restart,
            "daemon-reload": self._daemon_reload,
            "is-active": self._is_active,
            "status": self._status,
            "list-units": self._list_units,
            "is-system-running": self._is_system_running,
            "poweroff": self._power_off,
        }
        if verb not in answers:
            return _answer(1, errors=f"Unknown command verb {verb}.")
        return await answers[verb](units)

    async def _start(self, units: list[str]) -> dict[str, Any]:
        return _failures(await self.manager.start(units))

    async def _stop(self, units: list[str]) -> dict[str, Any]:
        unknown = [name for name in units if not self.manager.get(name)]
        await self.manager.stop(units)
        return _failures({name: f"Failed to stop {name}: Unit {name} not loaded." for name in unknown})

    async def _restart(self, units: list[str]) -> dict[str, Any]:
        await self.manager.stop(units)
        return await self._start(units)

    async def _try_restart(self, units: list[str]) -> dict[str, Any]:
        return await self._restart([name for name in units if self._state(name) == "active"])

    async def _daemon_reload(self, _units: list[str]) -> dict[str, Any]:
        self.manager.reload()
        return _answer(0)

    async def _is_active(self, units: list[str]) -> dict[str, Any]:
        states = [self._state(name) for name in units]
        return _answer(0 if "active" in states else _NOT_ACTIVE, "\n".join(states))

    async def _list_units(self, _units: list[str]) -> dict[str, Any]:
        rows = sorted(self.manager.runners.items())
        return _answer(0, "\n".join(f"{name:40} {runner.state}" for name, runner in rows))

    async def _is_system_running(self, _units: list[str]) -> dict[str, Any]:
        return _answer(int(self.manager.system != "running"), self.manager.system)

    async def _power_off(self, _units: list[str]) -> dict[str, Any]:
        self.power_off.set()
        return _answer(0)

    def _state(self, name: str) -> str:
        runner = self.manager.get(name)
        return runner.state if runner else "inactive"

    async def _status(self, units: list[str]) -> dict[str, Any]:
        texts, code = [], 0
        for name in units:
            runner = self.manager.get(name)
            if runner is None:
                return _answer(_NO_SUCH_UNIT, errors=f"Unit {name} could not be found.")
            texts.append(_describe(name, runner))
            code = code if runner.state == "active" else _NOT_ACTIVE
        return _answer(code, "\n\n".join(texts))


def _describe(name: str, runner: Runner) -> str:
    since = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(runner.since))
    result = "" if runner.result == "success" else f" (Result: {runner.result})"
    lines = [f"* {name} - {runner.unit.description}", f"     Active: {runner.state}{result} since {since}"]
    if runner.main:
        lines.append(f"   Main PID: {runner.main}")
    if runner.status:
        lines.append(f'     Status: "{runner.status}"')
    if runner.restarts:
        lines.append(f"   Restarts: {runner.restarts}")
    if name.endswith(".service"):
        lines.append(f"      Tasks: {len(cgroup.processes(f'system.slice/{name}'))}")
    return "\n".join([*lines, "", *journal.tail(name, 10)])


def _failures(failed: dict[str, str]) -> dict[str, Any]:
    return _answer(int(bool(failed)), errors="\n".join(failed.values()))


def _answer(code: int, output: str = "", errors: str = "") -> dict[str, Any]:
    return {"code": code, "output": output, "errors": errors}
