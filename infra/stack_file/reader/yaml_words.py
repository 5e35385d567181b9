"""Explain libyaml's errors: where the text is wrong, and what to do."""

from __future__ import annotations

import re

import yaml

_POSITION = re.compile(r"(?P<what>.*?)\s+in \"<[a-z ]+>\", position (?P<position>\d+)", re.DOTALL)
# libyaml's messages (src/scanner.c, src/parser.c), and the mistakes that lead to them.
_MEANT = {
    "found character that cannot start any token": "no value begins with a tab, @, ` or %; indent with blanks, or "
    "write the value in quotes",
    "mapping values are not allowed in this context": "a colon with a blank behind it begins a value; write a text "
    "that has one in quotes, and check the indentation",
    "could not find expected ':'": "the line before has no colon; a key is followed by a colon and a blank",
    "did not find expected alphabetic or numeric character": "* and & have a meaning of their own; write the value in "
    "quotes",
    "found unexpected end of stream": "the quotes are not closed",
    "did not find expected key": "a key is expected; check the indentation and the quotes before it",
}


def yaml_words(error: yaml.YAMLError | ValueError) -> str:
    """Return a one-line explanation of an error.

    Args:
        error: An error of PyYAML's own reader or of libyaml.
    """
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        mark, said = error.problem_mark, str(error.problem)
        place = f"line {mark.line + 1}, column {mark.column + 1}"
        if error.context_mark and "unexpected end" in said:
            place = f"line {error.context_mark.line + 1}, column {error.context_mark.column + 1}"
        return f"{place}: {_MEANT.get(said, said)}"
    text = " ".join(str(error).split())
    found = _POSITION.fullmatch(text)
    return f"{found['what']} (character {found['position']})" if found else text
