"""Amounts of CPU and memory: integers with a unit, never bare numbers."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024**2
GIB = 1024**3


@dataclass(frozen=True, order=True, slots=True)
class Cpu:
    """CPU time in whole millicores (1000 = one vCPU)."""

    millicores: int

    @classmethod
    def vcpus(cls, count: int) -> Cpu:
        """Whole virtual CPUs."""
        return cls(count * 1000)

    def __add__(self, other: Cpu) -> Cpu:
        return Cpu(self.millicores + other.millicores)

    def __sub__(self, other: Cpu) -> Cpu:
        return Cpu(self.millicores - other.millicores)

    def __mul__(self, count: int) -> Cpu:
        return Cpu(self.millicores * count)

    def __str__(self) -> str:
        """The Kubernetes quantity, for example ``400m``."""
        return f"{self.millicores}m"


@dataclass(frozen=True, order=True, slots=True)
class Memory:
    """Memory in whole bytes."""

    bytes: int

    @classmethod
    def mib(cls, count: int) -> Memory:
        """Binary megabytes (2**20 bytes)."""
        return cls(count * MIB)

    @classmethod
    def gib(cls, count: int) -> Memory:
        """Binary gigabytes (2**30 bytes)."""
        return cls(count * GIB)

    @property
    def whole_mib(self) -> int:
        """This amount in MiB, rounded down."""
        return self.bytes // MIB

    def __add__(self, other: Memory) -> Memory:
        return Memory(self.bytes + other.bytes)

    def __sub__(self, other: Memory) -> Memory:
        return Memory(self.bytes - other.bytes)

    def __mul__(self, count: int) -> Memory:
        return Memory(self.bytes * count)

    def __str__(self) -> str:
        """The Kubernetes quantity, for example ``512Mi``; bytes where it is not whole MiB."""
        return f"{self.whole_mib}Mi" if self.bytes % MIB == 0 else str(self.bytes)
