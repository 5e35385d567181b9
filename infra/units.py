"""Define amounts of CPU and memory as integers with a unit, so that nobody mixes up bare numbers."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024**2
GIB = 1024**3


@dataclass(frozen=True, order=True, slots=True)
class Cpu:
    """Cpu is an amount of CPU time in whole millicores (1000 = one vCPU)."""

    millicores: int

    @classmethod
    def vcpus(cls, count: int) -> Cpu:
        """Return the amount of this many virtual CPUs."""
        return cls(count * 1000)

    def __add__(self, other: Cpu) -> Cpu:
        return Cpu(self.millicores + other.millicores)

    def __sub__(self, other: Cpu) -> Cpu:
        return Cpu(self.millicores - other.millicores)

    def __mul__(self, count: int) -> Cpu:
        return Cpu(self.millicores * count)

    def __str__(self) -> str:
        """Return the Kubernetes quantity, for example ``400m``."""
        return f"{self.millicores}m"


@dataclass(frozen=True, order=True, slots=True)
class Memory:
    """Memory is an amount of memory in whole bytes."""

    bytes: int

    @classmethod
    def mib(cls, count: int) -> Memory:
        """Return the amount of this many MiB (2**20 bytes)."""
        return cls(count * MIB)

    @classmethod
    def gib(cls, count: int) -> Memory:
        """Return the amount of this many GiB (2**30 bytes)."""
        return cls(count * GIB)

    @property
    def whole_mib(self) -> int:
        """Return the amount in MiB, rounded down."""
        return self.bytes // MIB

    def __add__(self, other: Memory) -> Memory:
        return Memory(self.bytes + other.bytes)

    def __sub__(self, other: Memory) -> Memory:
        return Memory(self.bytes - other.bytes)

    def __mul__(self, count: int) -> Memory:
        return Memory(self.bytes * count)

    def __str__(self) -> str:
        """Return the Kubernetes quantity, for example ``512Mi``, or bytes if it is not a whole number of MiB."""
        return f"{self.whole_mib}Mi" if self.bytes % MIB == 0 else str(self.bytes)
