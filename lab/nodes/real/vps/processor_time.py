"""/proc/stat of a guest: its own processors' time, not that of the machine under it."""

from __future__ import annotations

from pathlib import Path

_TICKS = 100  # of a second, as the kernel tells programs
_NANOSECONDS = 1_000_000_000
_SOFTIRQS = 11  # their sum and ten kinds; exporters refuse a shorter line


class ProcessorTime:
    """What a server's vCPUs have spent since it was switched on."""

    def __init__(self, vcpu: int, started: float, boot_time: int | None = None) -> None:
        self.vcpu, self.started = vcpu, started
        # When this machine was booted: /proc/uptime and the start of every process count from there.
        self.boot_time = _boot_time() if boot_time is None else boot_time
        self._idle = 0

    def text(self, now: float, user: int, system: int) -> str:
        """The file, always of one length; nanoseconds of user and system time, spread evenly over the vCPUs."""
        used = [value * _TICKS // _NANOSECONDS for value in (user, system)]
        # A quota is kept only on average, and a counter that goes back counts as started anew.
        self._idle = max(self._idle, int((now - self.started) * _TICKS) * self.vcpu - sum(used))
        whole = [used[0], 0, used[1], self._idle, 0, 0, 0, 0, 0, 0]
        lines = [_line("cpu", whole)]
        lines += [_line(f"cpu{number}", [value // self.vcpu for value in whole]) for number in range(self.vcpu)]
        lines += ["intr 0", "ctxt 0", f"btime {self.boot_time}", "processes 0", "procs_running 1", "procs_blocked 0"]
        return "\n".join([*lines, f"softirq{_SOFTIRQS * ' 0'}"]) + "\n"


def _line(name: str, values: list[int]) -> str:
    return f"{name:<5}" + "".join(f"{value:>14}" for value in values)


def _boot_time() -> int:
    [line] = [line for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime ")]
    return int(line.split()[1])
