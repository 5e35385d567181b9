"""Parse amounts of stage and stack files: Kubernetes quantities with a unit."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from infra.stack_file.values.limits import MOST_CPU, MOST_MEMORY_MIB
from infra.units import Cpu, Memory

_CPU = re.compile(r"([0-9]+)m")
_MOST_MONEY = Decimal(10) ** 9  # in any currency: a larger amount is a typing error
_LONGEST = 30  # characters that are parsed: no amount is longer
_MEMORY = re.compile(r"([0-9]+)(Mi|Gi)")


def parse_cpu(value: object) -> Cpu:
    """Parse whole millicores, for example ``400m``.

    Args:
        value: The text, or a `Cpu`, which is returned.

    Raises:
        ValueError: The value is anything else.
    """
    if isinstance(value, Cpu):
        return value
    match = _CPU.fullmatch(str(value)[:_LONGEST])
    if not match or not 0 < int(match[1]) <= MOST_CPU:
        raise ValueError(f"whole millicores above 0, for example 400m, and at most {MOST_CPU}m")
    return Cpu(int(match[1]))


def parse_memory(value: object) -> Memory:
    """Parse whole MiB or GiB, for example ``512Mi`` or ``1Gi``.

    Args:
        value: The text, or a `Memory`, which is returned.

    Raises:
        ValueError: The value is anything else.
    """
    if isinstance(value, Memory):
        return value
    match = _MEMORY.fullmatch(str(value)[:_LONGEST])
    mib = int(match[1]) * (1 if match[2] == "Mi" else 1024) if match else 0
    if not 0 < mib <= MOST_MEMORY_MIB:
        raise ValueError(f"whole MiB or GiB above 0, for example 512Mi or 1Gi, and at most {MOST_MEMORY_MIB // 1024}Gi")
    return Memory.mib(mib)


def parse_money(value: object) -> Decimal:
    """Parse an amount per month in the provider's currency, for example ``60`` or ``59.50``.

    Args:
        value: The number as the file has it.

    Raises:
        ValueError: The value is not a number above 0.
    """
    wrong = "an amount above 0 in the provider's currency, for example 60 or 59.50, without a unit"
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(wrong) from None
    if not amount.is_finite() or not 0 < amount < _MOST_MONEY or amount != round(amount, 2):
        raise ValueError(wrong)
    return amount


def _text(value: Any) -> str:  # noqa: ANN401  pydantic hands over whatever the field holds
    return str(value)


CpuField = Annotated[Cpu, BeforeValidator(parse_cpu), PlainSerializer(_text)]
MemoryField = Annotated[Memory, BeforeValidator(parse_memory), PlainSerializer(_text)]
MoneyField = Annotated[
    Decimal,
    BeforeValidator(parse_money),
    PlainSerializer(_text),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0}),
]
