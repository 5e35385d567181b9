"""Numbers that write their formula."""

import ast

from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from infra.sizing.number import described, fixed, given, memory
from infra.units import Cpu, Memory


def number(name, value, unit=""):
    return given(name, value, unit, "test")


A, B, C = number("a", 7), number("b", 3), number("c", 2)


class TestFormula:
    def test_reads_as_it_was_computed(self):
        made = (number("limit", 768, "Mi") - number("parent", 130, "Mi")).percent(90) // number("children", 2)
        assert (made.formula, made.value, made.text) == ("90 % of (limit - parent) / children", 287, "287Mi")

    def test_brackets_where_they_matter(self):
        assert (A - (B + C)).formula == "a - (b + c)"
        assert (A - B + C).formula == "a - b + c"
        assert (A // (B * C)).formula == "a / (b x c)"
        assert (A + B * C).formula == "a + b x c"
        assert ((A + B) * C).formula == "(a + b) x c"

    def test_bounds(self):
        assert number("work", 99, "Mi").between(2, 16).formula == "work, between 2Mi and 16Mi"
        assert number("work", 99, "Mi").between(2, 16).value == 16

    def test_a_constant_is_its_value(self):
        assert (fixed(600, "s").formula, fixed(5, "m").formula) == ("600 s", "5m")

    def test_a_row(self):
        assert described(512, "Mi", "the row up to 4 GiB of ", A).formula == "the row up to 4 GiB of a"


class TestInputs:
    def test_each_once_with_its_value(self):
        made = A + B * A - number("cpu", 100, "m") // 2
        assert [(one.name, one.value, one.source) for one in made.inputs] == [
            ("a", "7", "test"),
            ("b", "3", "test"),
            ("cpu", "100m", "test"),
        ]

    def test_a_name_hides_what_stands_behind_it(self):
        made = (A + B).named("sum") * C
        assert (made.formula, [one.name for one in made.inputs], made.value) == ("sum x c", ["sum", "c"], 20)


class TestUnits:
    def test_amounts(self):
        assert fixed(5, "m").cpu == Cpu(5)
        assert (fixed(5, "Mi").memory, fixed(5, "Gi").memory) == (Memory.mib(5), Memory.gib(5))

    def test_memory_that_is_not_whole(self):
        assert memory("left", Memory(1_572_865), "test").text == "1.5Mi"

    def test_a_count_times_an_amount_is_an_amount(self):
        assert (A * fixed(4, "Mi")).memory == Memory.mib(28)


OPERATORS = {"+": "+", "-": "-", "x": "*", "/": "//"}


@st.composite
def formulas(draw, depth=3):
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from([A, B, C]))
    left, right = draw(formulas(depth - 1)), draw(formulas(depth - 1))
    sign = draw(st.sampled_from(["+", "-", "x", "/"]))
    if sign == "/" and right.value == 0:
        return left
    return {"+": left.__add__, "-": left.__sub__, "x": left.__mul__, "/": left.__floordiv__}[sign](right)


@settings(max_examples=200, deadline=None)
@drawn(formulas())
def test_the_formula_gives_the_value(made):
    """Whoever computes it again by hand gets the plan's number: brackets stand where they must."""
    text = "".join(OPERATORS.get(letter, letter) for letter in made.formula)
    tree = ast.parse(text, mode="eval")
    assert eval(compile(tree, "formula", "eval"), {"a": 7, "b": 3, "c": 2}) == made.value  # noqa: S307  our own text
