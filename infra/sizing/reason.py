"""Record why an amount has its value, at the place where the amount is computed."""

from __future__ import annotations

from dataclasses import dataclass

from infra.sizing.number import Number, cpu, given, memory
from infra.units import Cpu, Memory

Value = Cpu | Memory | int | str | None

OF_STAGE = "stage:"  # precedes the path of a field that a person decides, in stacks/ or by an override
DECIDED = "decided for the stage"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """A reason explains one field of the plan object that holds it."""

    field: str  # a path, for example requests.memory
    value: Value  # the value in the plan
    number: Number  # how it was computed
    source: str  # where the rule or the constant comes from


Reasons = tuple[Reason, ...]


def reason(field: str, value: Value, number: Number, source: str) -> Reason:
    """Return the reason of one field.

    Args:
        field: The field as a path.
        value: The value in the plan.
        number: The value with its computation.
        source: Where the rule or the constant comes from.
    """
    return Reason(field=field, value=value, number=number, source=source)


def counted(source: str, **numbers: Number) -> Reasons:
    """Return the reasons of fields that are plain counts or seconds.

    Args:
        source: Where their rule comes from.
        numbers: The numbers by field.
    """
    return tuple(reason(field, number.value, number, source) for field, number in numbers.items())


def of_stage(path: str, value: Cpu | Memory | int, unit: str = "") -> Number:
    """Return a number that the stage decides.

    Args:
        path: The path of the stage's field, for example `pools.default.concurrency`.
        value: The field's value.
        unit: The unit of a bare number.
    """
    name = path.rpartition(".")[2].replace("_", " ")
    if isinstance(value, Cpu):
        return cpu(name, value, OF_STAGE + path)
    if isinstance(value, Memory):
        return memory(name, value, OF_STAGE + path)
    return given(name, value, unit, OF_STAGE + path)
