"""Compute with whole numbers that record their own formula, so that people read the formula that was used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Union

from infra.units import MIB, Cpu, Memory

_SUM, _PRODUCT, _ATOM = 1, 2, 3  # how tightly the outermost operation of a formula binds

Part = Union[str, "Number"]


@dataclass(frozen=True, slots=True)
class Input:
    """An input is a number from which another one was computed."""

    name: str
    value: str
    source: str  # the path of the stage's field, or where the number was computed


@dataclass(frozen=True, slots=True)
class Number:
    """A number has a value, a unit (`m`, `Mi`, `Gi`, `B`, `s` or none) and a formula, whose text is built on demand."""

    value: int
    unit: str = ""
    parts: tuple[Part, ...] = ()  # texts and operands, in reading order
    binds: int = _ATOM
    given: Input | None = None

    def __add__(self, other: Number | int) -> Number:
        return self._sum(other, "+", self.value + _value(other))

    def __sub__(self, other: Number | int) -> Number:
        return self._sum(other, "-", self.value - _value(other))

    def __mul__(self, other: Number | int) -> Number:
        return self._product(other, "x", self.value * _value(other))

    def __floordiv__(self, other: Number | int) -> Number:
        return self._product(other, "/", self.value // _value(other))

    def percent(self, share: int | Decimal) -> Number:
        """Return that many hundredths of the number, rounded down.

        Args:
            share: The percentage.
        """
        return Number(
            int(self.value * share // 100), self.unit, (f"{share} % of ", self.inside(_PRODUCT + 1)), _PRODUCT
        )

    def between(self, low: int, high: int) -> Number:
        """Return the number, raised to `low` or lowered to `high` if it is outside.

        Args:
            low: The least value, in the number's unit.
            high: The greatest value, in the number's unit.
        """
        value = max(low, min(high, self.value))
        bounds = f", between {_text(low, self.unit)} and {_text(high, self.unit)}"
        return Number(value, self.unit, (self.inside(_SUM + 1), bounds), _SUM)

    def named(self, name: str) -> Number:
        """Return the value as a named input, so that the formulas that use it stay short.

        Args:
            name: The name in formulas.
        """
        return given(name, self.value, self.unit, "computed")

    @property
    def cpu(self) -> Cpu:
        """Return the number, which is in millicores, as an amount of CPU."""
        return Cpu(self.value)

    @property
    def memory(self) -> Memory:
        """Return the number, which is in MiB, GiB or bytes, as an amount of memory."""
        return Memory(self.value * {"Mi": MIB, "Gi": 1024 * MIB, "B": 1}[self.unit])

    @property
    def text(self) -> str:
        """Return the value with its unit."""
        return _text(self.value, self.unit)

    @property
    def formula(self) -> str:
        """Return the computation in names, or the value itself if it is a constant."""
        if self.given:
            return self.given.name
        return "".join(part if isinstance(part, str) else part.formula for part in self.parts) or self.text

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Return the inputs that the formula names, each once."""
        return tuple(dict.fromkeys(self.each_input()))

    def inside(self, binds: int) -> Number:
        """Return the number in brackets if its formula binds less tightly than this.

        Args:
            binds: How tightly the surrounding operation binds.
        """
        if self.given or self.binds >= binds:
            return self
        return Number(self.value, self.unit, ("(", self, ")"))

    def each_input(self) -> Iterator[Input]:
        """Yield the inputs in reading order."""
        if self.given:
            yield self.given
        for part in self.parts:
            if isinstance(part, Number):
                yield from part.each_input()

    def _sum(self, other: Number | int, sign: str, value: int) -> Number:
        right = _number(other, self.unit).inside(_SUM if sign == "+" else _SUM + 1)
        return Number(value, self.unit, (self, f" {sign} ", right), _SUM)

    def _product(self, other: Number | int, sign: str, value: int) -> Number:
        right = _number(other, "").inside(_PRODUCT + 1)  # x, too: divisions are rounded
        return Number(value, self.unit or right.unit, (self.inside(_PRODUCT), f" {sign} ", right), _PRODUCT)


def given(name: str, value: int, unit: str, source: str) -> Number:
    """Return a number from elsewhere, which formulas call by its name.

    Args:
        name: The name in formulas.
        value: The value.
        unit: Its unit.
        source: Where it comes from.
    """
    return Number(value, unit, given=Input(name, _text(value, unit), source))


def cpu(name: str, amount: Cpu, source: str) -> Number:
    """Return CPU from elsewhere as a number in millicores.

    Args:
        name: The name in formulas.
        amount: The amount.
        source: Where it comes from.
    """
    return given(name, amount.millicores, "m", source)


def memory(name: str, amount: Memory, source: str) -> Number:
    """Return memory from elsewhere as a number in MiB, or in bytes if it is not a whole number of MiB.

    Args:
        name: The name in formulas.
        amount: The amount.
        source: Where it comes from.
    """
    whole = amount.bytes % MIB == 0
    return given(name, amount.whole_mib if whole else amount.bytes, "Mi" if whole else "B", source)


def fixed(value: int, unit: str = "") -> Number:
    """Return a constant.

    Args:
        value: The value.
        unit: Its unit.
    """
    return Number(value, unit)


def described(value: int, unit: str, *parts: Part) -> Number:
    """Return a value that was looked up or searched for.

    Args:
        value: The value.
        unit: Its unit.
        parts: Texts and numbers that explain how it was found.
    """
    return Number(value, unit, parts, _SUM)


def _number(value: Number | int, unit: str) -> Number:
    return value if isinstance(value, Number) else Number(value, unit)


def _value(number: Number | int) -> int:
    return number.value if isinstance(number, Number) else number


def _text(value: int, unit: str) -> str:
    if unit == "B":
        return f"{value / MIB:.1f}Mi"
    return f"{value} s" if unit == "s" else f"{value}{unit}"
