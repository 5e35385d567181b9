"""What is no YAML: the place, and what people have written there."""

import pytest

from infra.stack_file.reader.read_yaml import YamlError, read_yaml


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a:\n\tb: 1\n", r"line 2, column 1: no value begins with a tab"),
        ("a: @x\n", r"line 1, column 4: no value begins with a tab, @"),
        ("a: *.example\n", r"line 1, column 5: \* and & have a meaning of their own"),
        ('x: 1\na: "x\n', r"line 2, column 4: the quotes are not closed"),
        ("a: b: c\n", r"line 1, column 5: a colon with a blank behind it begins a value"),
        ("a: 1\nb\n", r"the line before has no colon"),
        ("a: \0\n", r"control characters are not allowed \(character 3\)"),
        ("a: {b\n", r"line 2, column 1: did not find expected"),
    ],
)
def test_words(text, says):
    with pytest.raises(YamlError, match=says) as caught:
        read_yaml(text)
    assert "unicode string" not in str(caught.value)
