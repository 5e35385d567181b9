"""What other programs say can be printed."""

import pytest

from infra.printable import lines, one_line, shortened


@pytest.mark.parametrize(
    ("said", "shown"),
    [("a\nb", "a\ufffdb"), ("\x1b[31m", "\ufffd[31m"), ("\ud800", "\ufffd"), ("é😀 ", "é😀 "), ("\u202e", "\ufffd")],
)
def test_one_line(said, shown):
    assert one_line(said) == shown


@pytest.mark.parametrize("value", [None, 5, ["a"]])
def test_no_text(value):
    with pytest.raises(TypeError, match="a text is expected"):
        one_line(value)


@pytest.mark.parametrize(
    ("said", "shown"),
    [(" a\n\tb\n", "a\n\tb"), ("\x1b[1;31mred\x1b[0m", "red"), ("\x1b]0;title\x07x", "x"), ("\x1b]0;a", "0;a")],
)
def test_lines(said, shown):
    assert lines(said) == shown


def test_shortened():
    assert (shortened("abc", 3), shortened("abcd", 3), shortened("\x07", 3)) == ("abc", "abc...", "\ufffd")
