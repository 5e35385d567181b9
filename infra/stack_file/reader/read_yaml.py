"""Read YAML as the engine reads it, and refuse everything that the engine would change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from infra.stack_file.reader.plain_scalar import UnfaithfulError, read_plain
from infra.stack_file.reader.yaml_words import yaml_words

# A stack file has seven levels and some hundred values. An alias counts as everything that it stands for.
DEEPEST = 30
MOST_VALUES = 20_000
_LONGEST_TEXT = 1_000_000  # characters
_LINE_ENDS = re.compile("[\x85\u2028\u2029]")  # YAML 1.1 ends lines at these characters; the engine's reader does not
_MARKED_KEY = re.compile(r"\?(\s|$)")
_LONE_MARK = re.compile(r"(^|\s)\?(\s|$)")
# The engine's reader is a port of libyaml. PyYAML's own reader is the fallback where the wheel lacks libyaml.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class YamlError(ValueError):
    """The text cannot be used as YAML; the message says why, in one line."""


@dataclass(frozen=True, kw_only=True)
class Oddity:
    """An oddity is a place that the engine reads differently from what people expect.

    Args:
        path: Keys from the top.
        line: Line of the text, counted from 1.
        written: The text at that place.
        problem: What is wrong, and how to write it instead.
    """

    path: tuple[str, ...]
    line: int
    written: str
    problem: str


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document holds the content of a text and its oddities; an odd value is left as the text that was written."""

    content: Any
    oddities: tuple[Oddity, ...]


def read_yaml(text: str, texts: frozenset[tuple[str, ...]] = frozenset()) -> Document:
    """Read the one document of a text.

    Args:
        text: The whole file.
        texts: Paths of mappings whose values are text, for example environment variables.

    Raises:
        YamlError: The text is not YAML, or not within the limits of a stack file.
    """
    if len(text) > _LONGEST_TEXT:
        raise YamlError(f"longer than {_LONGEST_TEXT} characters")
    if found := _LINE_ENDS.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise YamlError(f"line {line}: U+{ord(found[0]):04X} ends a line for some programs only; write a usual one")
    try:
        _refuse_marked_keys(text)
        return _Reader(texts).read(yaml.parse(text, Loader=_LOADER))
    except UnicodeError:
        raise YamlError("it is no text in UTF-8: a byte of it is none, or half a character (surrogates)") from None
    except (yaml.YAMLError, ValueError) as error:  # libyaml raises a ValueError for text that is not Unicode
        raise YamlError(yaml_words(error)) from None


def _refuse_marked_keys(text: str) -> None:
    """Refuse `? key`, which two readers interpret differently inside brackets."""
    if not _MARKED_KEY.search(text):
        return
    for token in yaml.scan(text, Loader=_LOADER):
        if isinstance(token, yaml.KeyToken) and text[token.start_mark.index : token.start_mark.index + 1] == "?":
            raise YamlError(f"line {_line(token)}: write a key without `?`")


@dataclass
class _Open:
    """An open node is a list or a mapping whose end has not been read."""

    node: Any
    path: tuple[str, ...]
    anchor: str | None
    key: str | None = None  # the key of a mapping whose value comes next
    lines: dict[str, int] = field(default_factory=dict)
    before: int = 0  # values of the document that precede it


class _Reader:
    """The reader handles events instead of nodes, so that it can stop at the limits for depth and aliases."""

    def __init__(self, texts: frozenset[tuple[str, ...]]) -> None:
        self._texts = texts
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int]] = {}  # each node with its number of values
        self._oddities: list[Oddity] = []
        self._values = 0
        self._documents: list[Any] = []

    def read(self, events: Iterator[Any]) -> Document:
        for event in events:
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                self._begin(event)
            elif isinstance(event, yaml.DocumentStartEvent):
                self._refuse_directives(event)
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                self._end()
        if len(self._documents) > 1:
            raise YamlError("more than one document: `---` begins another one")
        content = self._documents[0] if self._documents else None
        return Document(content=content, oddities=tuple(self._oddities))

    def _refuse_directives(self, event: Any) -> None:  # noqa: ANN401  PyYAML has no types
        """Refuse `%YAML 1.2`: the engine's reader accepts version 1.1 only."""
        if event.version or event.tags:
            raise YamlError(f"line {_line(event)}: a line that begins with % before `---` is a directive; remove it")

    def _begin(self, event: Any) -> None:  # noqa: ANN401  PyYAML has no types
        if len(self._open) >= DEEPEST:
            raise YamlError(f"nested more than {DEEPEST} levels deep")
        self._refuse_tag(event)
        if self._wants_key():
            raise YamlError(f"line {_line(event)}: a list or a mapping is no key")
        self._anchors.pop(event.anchor, None)  # the anchor means nothing until its node has ended
        node: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._open.append(_Open(node=node, path=self._path(), anchor=event.anchor, before=self._values))
        self._count(1)

    def _end(self) -> None:
        done = self._open.pop()
        if done.anchor is not None:
            self._anchors[done.anchor] = (done.node, self._values - done.before)
        self._put(done.node)

    def _scalar(self, event: Any) -> None:  # noqa: ANN401
        self._count(1)
        self._refuse_tag(event)
        plain = event.style is None or event.style == ""
        if plain and _LONE_MARK.search(event.value):
            self._odd(event, self._path(), event.value, "has a `?` of its own; write it in quotes")
        if self._wants_key():
            self._key(event, event.value, plain=plain)
            return
        value = self._read(event, plain=plain)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, 1)
        self._put(value)

    def _read(self, event: Any, *, plain: bool) -> Any:  # noqa: ANN401
        path = self._path()
        if not plain:
            if event.value and not event.value.strip("\n"):
                self._odd(event, path, event.value, "has nothing but line ends, which the engine drops; write ''")
            return event.value
        try:
            return read_plain(event.value, as_text=path[:-1] in self._texts)
        except UnfaithfulError as error:
            self._odd(event, path, event.value, str(error))
            return event.value

    def _alias(self, event: Any) -> None:  # noqa: ANN401
        if event.anchor not in self._anchors:
            # The message omits the alias's name, which may be a password
            what = "an alias stands for nothing, or for what it stands in"
            raise YamlError(f"line {_line(event)}: {what}; write a text that begins with * in quotes")
        value, count = self._anchors[event.anchor]
        self._count(count)
        if not self._wants_key():
            self._put(value)
        elif isinstance(value, str):
            self._key(event, value, plain=False)
        else:
            raise YamlError(f"line {_line(event)}: an alias stands for no text, and a key is one")

    def _key(self, event: Any, key: str, *, plain: bool) -> None:  # noqa: ANN401
        owner = self._open[-1]
        if plain and key == "<<":
            problem = "merges mappings, which the engine and this program do each in its own way; write the keys out"
            self._odd(event, owner.path, key, problem)
        elif plain:
            try:
                if read_plain(key, as_text=True) is None:
                    self._odd(event, owner.path, key, "is a key without a name")
            except UnfaithfulError as error:
                self._odd(event, owner.path, key, f"as a key {error}")
        if key in owner.lines:
            problem = f"is set twice, also in line {owner.lines[key]}; remove one"
            self._odd(event, (*owner.path, key), "", problem)
        owner.key = key
        owner.lines.setdefault(key, _line(event))

    def _wants_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].node, dict) and self._open[-1].key is None

    def _put(self, value: Any) -> None:  # noqa: ANN401
        if not self._open:
            self._documents.append(value)
            return
        owner = self._open[-1]
        if owner.key is None:
            owner.node.append(value)
        else:
            owner.node[owner.key], owner.key = value, None

    def _path(self) -> tuple[str, ...]:
        """Return the path of the value that comes next."""
        if not self._open:
            return ()
        owner = self._open[-1]
        return (*owner.path, str(len(owner.node)) if owner.key is None else owner.key)

    def _count(self, more: int) -> None:
        self._values += more
        if self._values > MOST_VALUES:
            raise YamlError(f"more than {MOST_VALUES} values, with all that its aliases stand for")

    def _refuse_tag(self, event: Any) -> None:  # noqa: ANN401
        if event.tag is not None:
            self._odd(event, self._path(), event.tag, "is a tag, which a stack file has no use for; remove it")

    def _odd(self, event: Any, path: tuple[str, ...], written: str, problem: str) -> None:  # noqa: ANN401
        self._oddities.append(Oddity(path=path, line=_line(event), written=written, problem=problem))


def _line(event: Any) -> int:  # noqa: ANN401
    return int(event.start_mark.line) + 1
