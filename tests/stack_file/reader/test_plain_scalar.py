"""Words without quotes, as Go's yaml.v3 reads them (tests/stack_file/reader/test_engine_reading.py asks it)."""

import pytest

from infra.stack_file.reader.plain_scalar import UnfaithfulError, engine_text, read_plain, read_text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("FALSE", False),
        ("yes", "yes"),
        ("no", "no"),
        ("5", 5),
        ("-5", -5),
        ("18446744073709551615", 2**64 - 1),
        ("59.50", 59.5),
        ("1:40", "1:40"),
        ("12:30", "12:30"),
        ("203.0.113.0/24", "203.0.113.0/24"),
        ("v1.36.5+k3s1", "v1.36.5+k3s1"),
        ("1.2.3", "1.2.3"),
        ("1,000", "1,000"),
        ("2026-01-01-rc1", "2026-01-01-rc1"),
    ],
)
def test_read_alike_by_everybody(text, value):
    read = read_plain(text)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    [
        "00",
        "0x10",
        "0b11",
        "0o17",
        "0o-7",
        "1_000",
        "+5",
        "-0",
        "1e3",
        "1.e1",
        ".5",
        "5.",
    ],
)
def test_other_numbers(text):
    with pytest.raises(UnfaithfulError, match="write it with digits alone"):
        read_plain(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0100", "begins with a 0, which some programs read as octal; write 100, or with quotes"),
        ("08", "write 8, or"),
        ("-010", "write -10, or"),
        ("18446744073709551616", "is a larger number than a program holds; with quotes"),
        ("9" * 4400, "is a larger number than a program holds"),
    ],
)
def test_numbers_that_have_their_own_words(text, says):
    with pytest.raises(UnfaithfulError, match=says) as caught:
        read_plain(text)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("text", ["2026-01-01", "2026-1-1", "2026-01-01T10:00:00Z", "2026-01-01 10:00"])
def test_dates(text):
    with pytest.raises(UnfaithfulError, match=f"moment in time; with quotes it is a text: '{text}'"):
        read_plain(text)


@pytest.mark.parametrize("text", [".inf", "-.INF", ".nan"])
def test_without_end(text):
    with pytest.raises(UnfaithfulError, match="a number without end"):
        read_plain(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [("1.10", "is read as the number 1.1; "), ("1.0", "is read as the number 1; "), ("True", "is read as true; ")],
)
def test_where_a_text_is_wanted(text, says):
    """`1.10` is a version to a person; elsewhere it is the number that it looks like."""
    assert read_plain(text) in (1.1, 1.0, True)
    with pytest.raises(UnfaithfulError, match=says):
        read_plain(text, as_text=True)


def test_as_text_what_stays_is_taken():
    assert [read_plain(text, as_text=True) for text in ("587", "1.5", "false", "no")] == [587, 1.5, False, "no"]


def test_a_quote_in_a_text_is_doubled():
    with pytest.raises(UnfaithfulError, match="'2026-01-01T''x'"):
        read_plain("2026-01-01T'x")


def test_the_engines_text_is_never_refused():
    """It has lost its quotes: what looks odd there was a text."""
    assert [read_text(text) for text in ("0100", "64", "", "true", "2026-01-01")] == [
        "0100",
        64,
        None,
        True,
        "2026-01-01",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (2.0, "2"),
        (59.5, "59.5"),
        (7, "7"),
        ("x", "x"),
        (-0.0, "0"),
        (0.00001, "0.00001"),
        (0.000001, "0.000001"),
        (0.00000015, "1.5e-7"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (-1.25e22, "-1.25e+22"),
    ],
)
def test_engine_text(value, text):
    assert engine_text(value) == text


def test_a_small_fraction_is_a_text_as_it_is():
    assert read_plain("0.00001", as_text=True) == 0.00001
