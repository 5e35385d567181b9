"""What a file says reaches a terminal as text, never as its command."""

from infra.errors import ConfigError, Problem


def test_no_commands_of_a_terminal():
    problem = Problem(path="a\x1b[31m", value="x\ny\x9b1m", allowed="no \x1b]0;title\x07 of it", hint="Remove \u202e")
    assert str(problem) == r"a\x1b[31m = x\ny\x9b1m: no \x1b]0;title\x07 of it. Remove \u202e"


def test_a_program_may_have_said_several_lines():
    problem = Problem(path="pulumi", value="", allowed="it says: one\n\ttwo", hint="Mend it")
    assert "one\n\ttwo" in str(ConfigError("refused", [problem]))


def test_letters_of_all_languages_stay():
    assert str(Problem(path="домен", value="магазин", allowed="é", hint="ü")) == "домен = магазин: é. ü"
