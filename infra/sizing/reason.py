"""Why an amount is what it is; recorded where it is computed."""

from __future__ import annotations

from dataclasses import dataclass

from infra.sizing.number import Number, cpu, given, memory
from infra.units import Cpu, Memory

Value = Cpu | Memory | int | str | None

OF_STAGE = "stage:"  # before the path of a field that a person decides: in stacks/, or by an override
DECIDED = "decided for the stage"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Of one field of the value that carries it."""

    field: str  # as a path, for example requests.memory
    value: Value  # the plan's own
    number: Number  # how it was computed
    source: str  # where the rule or the constant comes from


Reasons = tuple[Reason, ...]


def reason(field: str, value: Value, number: Number, source: str) -> Reason:
    """One field's reason."""
    return Reason(field=field, value=value, number=number, source=source)


def counted(source: str, **numbers: Number) -> Reasons:
    """Reasons of fields that are plain counts or seconds."""
    return tuple(reason(field, number.value, number, source) for field, number in numbers.items())


def of_stage(path: str, value: Cpu | Memory | int, unit: str = "") -> Number:
    """A number that the stage says, by the field's path, for example `pools.default.concurrency`."""
    name = path.rpartition(".")[2].replace("_", " ")
    if isinstance(value, Cpu):
        return cpu(name, value, OF_STAGE + path)
    if isinstance(value, Memory):
        return memory(name, value, OF_STAGE + path)
    return given(name, value, unit, OF_STAGE + path)
