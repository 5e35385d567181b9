"""YAML of people: what the engine would read in another way is named with its place."""

import pytest

from infra.stack_file.reader.read_yaml import YamlError, read_yaml

TEXTS = frozenset({("config", "env")})


def oddities(text):
    return [(".".join(one.path), one.line, one.written) for one in read_yaml(text, TEXTS).oddities]


class TestContent:
    def test_values(self):
        text = "config:\n  a: 5\n  b: [yes, 'no', 1.5, ~]\n  c: {d: true, 1: x}\n  e: |\n    two\n    lines\n"
        assert read_yaml(text).content == {
            "config": {"a": 5, "b": ["yes", "no", 1.5, None], "c": {"d": True, "1": "x"}, "e": "two\nlines\n"}
        }

    def test_an_alias_stands_for_its_value(self):
        assert read_yaml("a: &x {b: [1]}\nc: *x\n").content == {"a": {"b": [1]}, "c": {"b": [1]}}

    def test_nothing(self):
        assert read_yaml("").content is None
        assert read_yaml("# a note\n").content is None


class TestOdd:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("config:\n  size: 0100\n", [("config.size", 2, "0100")]),
            ("config:\n  since: 2026-01-01\n", [("config.since", 2, "2026-01-01")]),
            ("config:\n  list: [1, 1e3]\n", [("config.list.1", 2, "1e3")]),
            ("config:\n  env: {A: 1.10}\n", [("config.env.A", 2, "1.10")]),
            ("config:\n  budget: 1.10\n", []),
            ("config:\n  a: 1\n  b: 2\n  a: 3\n", [("config.a", 4, "")]),
            ("config: {<<: {a: 1}}\n", [("config", 1, "<<")]),
            ("config: {0100: a}\n", [("config", 1, "0100")]),
            ("config: {~: a}\n", [("config", 1, "~")]),
            ("config: !!str a\n", [("config", 1, "tag:yaml.org,2002:str")]),
            ("config: !mine {a: 1}\n", [("config", 1, "!mine")]),
            ('config: {a: "\\n"}\n', [("config.a", 1, "\n")]),
        ],
    )
    def test_found(self, text, found):
        assert oddities(text) == found

    def test_all_of_them_at_once(self):
        assert len(oddities("config:\n  a: 0100\n  a: 1e3\n  b: !x 2026-01-01\n")) == 5


class TestRefused:
    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("a: [", "did not find expected|expected"),
            ("a: b: c", "line 1, column 5: a colon with a blank behind it"),
            ("a: &x [*x]", "stands for nothing, or for what it stands in"),
            ("a: *x", "stands for nothing"),
            ("%YAML 1.2\n---\na: 1\n", "line 1: a line that begins with % before `---` is a directive; remove it"),
            ("%TAG ! tag:x,2026:\n---\na: 1\n", "is a directive"),
            ("{? [a] : b}", "write a key without `\\?`"),
            ("[a]: b", "is no key"),
            ("a: 1\n---\nb: 2\n", "more than one document"),
            ("a: \u2028b", "line 1: U\\+2028 ends a line for some"),
            ("a: \x07", "control characters|special characters|unacceptable"),
            ("\ud800", "surrogates|unacceptable|special characters"),
        ],
    )
    def test_message(self, text, says):
        with pytest.raises(YamlError, match=says):
            read_yaml(text)

    @pytest.mark.parametrize(
        "text",
        [
            "[" * 100_000,
            "{a: " * 50_000,
            "- " * 50_000,
            "? " * 20_000,
            "".join(f"{' ' * depth}a:\n" for depth in range(900)),
            "a: &a0 [x, x]\n" + "".join(f"b{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 60)),
            "".join(f"k{number}: 1\n" for number in range(60_000)),
            "x" * 1_000_001,
        ],
        ids=["lists", "mappings", "items", "keys", "levels", "aliases", "values", "length"],
    )
    def test_more_than_a_file_has(self, text):
        """Each ends at once, however much it would stand for."""
        with pytest.raises(YamlError, match=r"nested more|more than 20000|longer than|without `\?`"):
            read_yaml(text)
