"""Amounts in stage and stack files: Kubernetes quantities with a unit."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer

from infra.units import Cpu, Memory

_CPU = re.compile(r"(\d+)m")
_MEMORY = re.compile(r"(\d+)(Mi|Gi)")


def parse_cpu(value: object) -> Cpu:
    """Whole millicores: ``400m``; ValueError for anything else."""
    if isinstance(value, Cpu):
        return value
    match = _CPU.fullmatch(str(value))
    if not match or int(match[1]) == 0:
        raise ValueError("whole millicores above 0, for example 400m")
    return Cpu(int(match[1]))


def parse_memory(value: object) -> Memory:
    """Whole MiB or GiB: ``512Mi``, ``1Gi``; ValueError for anything else."""
    if isinstance(value, Memory):
        return value
    match = _MEMORY.fullmatch(str(value))
    if not match or int(match[1]) == 0:
        raise ValueError("whole MiB or GiB above 0, for example 512Mi or 1Gi")
    return Memory.mib(int(match[1])) if match[2] == "Mi" else Memory.gib(int(match[1]))


def _text(value: Any) -> str:  # noqa: ANN401  pydantic hands over whatever the field holds
    return str(value)


CpuField = Annotated[Cpu, BeforeValidator(parse_cpu), PlainSerializer(_text)]
MemoryField = Annotated[Memory, BeforeValidator(parse_memory), PlainSerializer(_text)]
