"""Whole numbers that write down how they were computed: the formula that people read is the one that was used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Union

from infra.units import MIB, Cpu, Memory

_SUM, _PRODUCT, _ATOM = 1, 2, 3  # how tightly a formula's outermost operation binds

Part = Union[str, "Number"]


@dataclass(frozen=True, slots=True)
class Input:
    """A number that another one was computed from."""

    name: str
    value: str
    source: str  # the stage's field by its path, or where the number was computed


@dataclass(frozen=True, slots=True)
class Number:
    """A value with its unit (`m`, `Mi`, `Gi`, `B`, `s` or none); texts are made when somebody asks."""

    value: int
    unit: str = ""
    parts: tuple[Part, ...] = ()  # texts and operands, in the order in which they are read
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
        """That many hundredths, rounded down."""
        return Number(
            int(self.value * share // 100), self.unit, (f"{share} % of ", self.inside(_PRODUCT + 1)), _PRODUCT
        )

    def between(self, low: int, high: int) -> Number:
        """Not below `low`, not above `high`."""
        value = max(low, min(high, self.value))
        bounds = f", between {_text(low, self.unit)} and {_text(high, self.unit)}"
        return Number(value, self.unit, (self.inside(_SUM + 1), bounds), _SUM)

    def named(self, name: str) -> Number:
        """The same value as an input of what follows, so that formulas stay short."""
        return given(name, self.value, self.unit, "computed")

    @property
    def cpu(self) -> Cpu:
        """Millicores as an amount."""
        return Cpu(self.value)

    @property
    def memory(self) -> Memory:
        """MiB, GiB or bytes as an amount."""
        return Memory(self.value * {"Mi": MIB, "Gi": 1024 * MIB, "B": 1}[self.unit])

    @property
    def text(self) -> str:
        """The value with its unit."""
        return _text(self.value, self.unit)

    @property
    def formula(self) -> str:
        """How it is computed, in names; the value itself where it is a constant."""
        if self.given:
            return self.given.name
        return "".join(part if isinstance(part, str) else part.formula for part in self.parts) or self.text

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What stands in the formula by name, each once."""
        return tuple(dict.fromkeys(self.each_input()))

    def inside(self, binds: int) -> Number:
        """In brackets where an operation that binds so tightly needs them."""
        if self.given or self.binds >= binds:
            return self
        return Number(self.value, self.unit, ("(", self, ")"))

    def each_input(self) -> Iterator[Input]:
        """As they are read."""
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
    """A number from elsewhere, called by its name in formulas."""
    return Number(value, unit, given=Input(name, _text(value, unit), source))


def cpu(name: str, amount: Cpu, source: str) -> Number:
    """CPU from elsewhere."""
    return given(name, amount.millicores, "m", source)


def memory(name: str, amount: Memory, source: str) -> Number:
    """Memory from elsewhere; in MiB, or in bytes where it is not whole."""
    whole = amount.bytes % MIB == 0
    return given(name, amount.whole_mib if whole else amount.bytes, "Mi" if whole else "B", source)


def fixed(value: int, unit: str = "") -> Number:
    """A constant."""
    return Number(value, unit)


def described(value: int, unit: str, *parts: Part) -> Number:
    """A value that is found rather than computed: a table's row, a search; `parts` say how."""
    return Number(value, unit, parts, _SUM)


def _number(value: Number | int, unit: str) -> Number:
    return value if isinstance(value, Number) else Number(value, unit)


def _value(number: Number | int) -> int:
    return number.value if isinstance(number, Number) else number


def _text(value: int, unit: str) -> str:
    if unit == "B":
        return f"{value / MIB:.1f}Mi"
    return f"{value} s" if unit == "s" else f"{value}{unit}"
