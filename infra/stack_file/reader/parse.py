"""Parse the keys of a stack file into a StackConfig, report every problem at once, and never show a secret."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from infra.clouds import CLOUDS
from infra.errors import ConfigError, Problem, cut
from infra.names import NAMESPACE
from infra.stack_file.reader.every_problem import KEY, Location, WrongValuesError, validate
from infra.stack_file.reader.secrecy import SECRET_KEYS, has_secret, secret_problems, token_problems
from infra.stack_file.reader.stack_text import file_problem, read_stack_text
from infra.stack_file.reader.words import words
from infra.stack_file.stack_config import StackConfig
from infra.stack_file.strict import Between, HiddenValueError
from infra.stack_file.values.hidden import holds_private_key, without_logins
from infra.versions import VERSION

_LONGEST = 200  # characters of a wrong value that a message shows


def parse_stack_file(path: Path) -> StackConfig:
    """Read and parse a stack file.

    Args:
        path: The stack file.

    Raises:
        ConfigError: The file cannot be read, or something in it is wrong.
    """
    return parse_stack_text(read_file(path), path)


def read_file(path: Path) -> str:
    """Return the text of a stack file.

    Args:
        path: The stack file.

    Raises:
        ConfigError: The file cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        hint = "Change to the checkout's folder, or name an existing stack file"
        raise ConfigError(f"{path} cannot be read", [file_problem(path, error.strerror or str(error), hint)]) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        what, hint = f"line {line} is no text in UTF-8", "Save it in UTF-8, which every editor can"
        raise ConfigError(f"{path} is not YAML", [file_problem(path, what, hint)]) from None


def parse_stack_text(text: str, path: Path | str) -> StackConfig:
    """Parse the text of a stack file.

    Args:
        text: The whole file.
        path: The file's name in messages.

    Raises:
        ConfigError: Something in the text is wrong.
    """
    found = read_stack_text(text, path)
    return parse_config(found.values, title=f"{path} cannot be used", extra=found.problems, judged=found.odd)


def parse_config(
    values: Mapping[str, Any], *, title: str, extra: Iterable[Problem] = (), judged: Iterable[Location] = ()
) -> StackConfig:
    """Parse the values of all keys.

    Args:
        values: The values by key, with the namespaces.
        title: The title of the error.
        extra: Problems that the caller has found already.
        judged: The locations of those problems, without the namespace.

    Raises:
        ConfigError: Lists every problem.
    """
    own: dict[str, Any] = {}
    problems = list(extra)
    cloud = CLOUDS.get(str(values.get(f"{NAMESPACE}:provider")))
    allowed = {NAMESPACE, "pulumi", cloud.plugin if cloud else ""}
    for key, value in values.items():
        namespace, _, name = str(key).partition(":")
        if namespace == NAMESPACE and name:
            own[name] = value
        elif namespace not in allowed or not name:
            problems.append(_wrong_namespace(str(key), allowed))
    problems += [*secret_problems(own, NAMESPACE), *token_problems(values)]
    public = {key: value for key, value in own.items() if key not in SECRET_KEYS}
    hidden = [(key,) for key, value in public.items() if has_secret(value)]
    try:
        config = validate(_without_nulls(public), [*judged, *hidden])
    except WrongValuesError as error:
        problems += [_problem(one) for one in error.fields]
        problems += [_between(one) for one in error.between]
        raise ConfigError(title, dict.fromkeys(problems)) from None
    if problems:
        raise ConfigError(title, dict.fromkeys(problems))
    return config


def _without_nulls(value: Any) -> Any:  # noqa: ANN401  the value may be anything
    """Drop keys without a value at every depth: such a key counts as left out."""
    if isinstance(value, dict):
        return {key: _without_nulls(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_without_nulls(one) for one in value]
    return value


def _between(one: Between) -> Problem:
    hint = one.hint or _nearest(one.value, one.allowed)
    return _problem_at(f"{NAMESPACE}:{one.path}", cut(one.value, _LONGEST), one.allowed, hint)


def _problem_at(path: str, value: str, allowed: str, hint: str) -> Problem:
    """Remove logins from every part of the problem, because the sentence may repeat the value."""
    shown = (without_logins(one) for one in (value, allowed, hint))
    value, allowed, hint = shown
    return Problem(path=path, value=value, allowed=allowed, hint=hint)


def _nearest(value: str, allowed: str) -> str:
    """Suggest the most similar of the names that the sentence lists after a colon."""
    listed = [one for one in allowed.rpartition(": ")[2].split(", ") if " " not in one]
    close = difflib.get_close_matches(value, listed, n=1) if value else []
    return f"Did you mean {close[0]}?" if close else "Fix the stack file"


def _problem(error: Mapping[str, Any]) -> Problem:
    """Put one of pydantic's errors into our words, with the path as the stack file has it."""
    location = [str(part) for part in error["loc"] if part != KEY]
    path = f"{NAMESPACE}:{'.'.join(location)}" if location else NAMESPACE
    if error["type"] == "missing":
        return Problem(path=path, value="", allowed="is required", hint=f"Add {path}")
    if error["type"] == "extra_forbidden":
        return _unknown_key(path, location)
    hidden = isinstance(error.get("ctx", {}).get("error"), HiddenValueError)
    value = "" if hidden or not location else _shown(location[0], error["input"])
    meaning = _meaning(location)
    hint = f"The key means: {meaning}" if meaning else "Fix the stack file"
    return _problem_at(path, value, words(error), hint)


def _meaning(location: list[str]) -> str:
    """Return the key's description on the reference page, or that of the nearest key around it that has one."""
    said = [str(node["description"]) for node in _nodes(location) if node.get("description")]
    return said[-1] if said else ""


def _shown(key: str, value: object) -> str:
    """Return the value as it was written, cut to a line's length, or nothing if it may be a misplaced secret."""
    if isinstance(value, dict):
        return ""
    try:
        text = repr(value)
    except ValueError:  # Python refuses to print a number of more than 4,300 digits
        return "a number of thousands of digits"
    is_hook = key == "alerts" and "://" in text  # a webhook's URL works like a password
    return "" if key == "env" or is_hook or holds_private_key(text) else cut(text, _LONGEST)


def _unknown_key(path: str, location: list[str]) -> Problem:
    known = [*StackConfig.model_fields, *SECRET_KEYS] if len(location) == 1 else _known_below(location)
    close = difflib.get_close_matches(location[-1], known, n=1)
    older = f"Remove it; if it comes from a newer stagecoach than this {VERSION}, update the checkout"
    hint = f"Did you mean {close[0]}?" if close else older
    return Problem(path=path, value="", allowed=f"unknown key; known are {', '.join(sorted(known))}", hint=hint)


def _known_below(location: list[str]) -> list[str]:
    """Return the field names of the model at that path."""
    *_, node = _nodes(location[:-1])
    return list(_resolve(node).get("properties", {}))


def _nodes(location: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the schema of each part of a path, from the outside in, or an empty one where there is none."""
    node = _schema()
    for part in location:
        node = _resolve(node)
        node = node.get("properties", {}).get(part) or node.get("additionalProperties") or {}
        yield node


@cache
def _schema() -> dict[str, Any]:
    """Return the models' schema, which is built once for all problems of a file."""
    return StackConfig.model_json_schema()


def _resolve(node: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference of the schema; `X | None` has its reference in one of its alternatives."""
    for choice in node.get("anyOf", [node]):
        if "$ref" in choice:
            found: dict[str, Any] = _schema()["$defs"][choice["$ref"].rsplit("/", 1)[-1]]
            return found
    return node


def _wrong_namespace(key: str, allowed: set[str]) -> Problem:
    names = ", ".join(f"{name}:" for name in sorted(allowed) if name)
    name = key.rpartition(":")[2]
    hint = f"Did you mean {NAMESPACE}:{name}?" if name else "Give the key a name"
    return Problem(path=key, value="", allowed=f"a key in one of the namespaces {names}", hint=hint)
