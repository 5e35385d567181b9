"""A stack file's text: the values that the program would get of it, and what is wrong with the way it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.errors import ConfigError, Problem, cut
from infra.names import NAMESPACE
from infra.stack_file.reader.engine_values import as_engine
from infra.stack_file.reader.read_yaml import Oddity, YamlError, read_yaml
from infra.stack_file.reader.secrecy import SECRET_KEYS, has_secret

_TOP_LEVEL = ("config", "environment", "secretsprovider", "encryptedkey", "encryptionsalt")
_TOP_TEXTS = ("secretsprovider", "encryptedkey", "encryptionsalt")
_TEXTS = frozenset({("config", f"{NAMESPACE}:env"), ("config", "env")})
_COPY = "Copy Pulumi.stage1.yaml and change it"
_LONGEST = 60  # characters of a wrong value that a message shows


@dataclass(frozen=True, kw_only=True)
class StackText:
    """What was read.

    Args:
        top: The file's own keys.
        values: What stands under `config:`, by keys with their namespaces.
        problems: Everything that is wrong with the writing.
        odd: Where that is, without the namespace.
    """

    top: Mapping[str, Any]
    values: Mapping[str, Any]
    problems: tuple[Problem, ...]
    odd: tuple[tuple[str, ...], ...]


def read_stack_text(text: str, path: Path | str) -> StackText:
    """What the engine would read; `path` is what messages call it.

    Raises:
        ConfigError: it is not YAML, or no stack file.
    """
    try:
        document = read_yaml(text, _TEXTS)
    except YamlError as error:
        hint = "Fix the line that is named" if "line " in str(error) else _COPY
        raise ConfigError(f"{path} is not YAML", [file_problem(path, str(error), hint)]) from None
    content = document.content
    if not isinstance(content, dict) or not isinstance(content.get("config"), dict):
        raise ConfigError(f"{path} is not a stack file", [file_problem(path, "a mapping with `config:`")])
    problems = [_odd(one) for one in document.oddities]
    if any(one.path == ("config",) and not one.written for one in document.oddities):
        raise ConfigError(f"{path} cannot be used", problems)  # which of the two is meant nobody knows
    problems += [
        Problem(path=key, value="", allowed=f"one of {', '.join(_TOP_LEVEL)}", hint="Put it under `config:`")
        for key in content
        if key not in _TOP_LEVEL
    ]
    problems += [
        Problem(
            path=key,
            value="",
            allowed="one text, no list and no mapping",
            hint="Fix it as `pulumi stack init` wrote it",
        )
        for key in _TOP_TEXTS
        if isinstance(content.get(key), (dict, list))
    ]
    doubled = [key for key in content["config"] if ":" not in key and full_key(key) in content["config"]]
    problems += [_twice(key) for key in doubled]
    values = {full_key(key): _value(full_key(key), value) for key, value in content["config"].items()}
    # Which of two keys the engine takes is not the same at every run: neither value is judged.
    odd = [_place(one) for one in document.oddities if len(one.path) > 1] + [(key,) for key in doubled]
    return StackText(top=content, values=values, problems=tuple(problems), odd=tuple(odd))


def full_key(key: str) -> str:
    """The engine takes a key without a namespace for the project's own."""
    return key if ":" in key else f"{NAMESPACE}:{key}"


def file_problem(path: Path | str, what: str, hint: str = _COPY) -> Problem:
    """The whole file is of no use."""
    return Problem(path=str(path), value="", allowed=what, hint=hint)


def _place(one: Oddity) -> tuple[str, ...]:
    """In the program's own keys."""
    return one.path[1].removeprefix(f"{NAMESPACE}:"), *one.path[2:]


def _value(key: str, value: Any) -> Any:  # noqa: ANN401  whatever stands there
    return value if has_secret(value) else as_engine(key.rpartition(":")[2], value)


def _twice(key: str) -> Problem:
    """With the namespace and without it is one key."""
    hint = f"Remove one; the longer one, {full_key(key)}, is what `pulumi config set` writes"
    return Problem(path=key, value="", allowed=f"is set as {full_key(key)} as well", hint=hint)


def _is_kept(key: str) -> bool:
    """Whether a value may be a secret that nobody has encrypted: no message repeats it."""
    namespace, _, name = full_key(key).partition(":")
    return name in SECRET_KEYS if namespace == NAMESPACE else namespace != "pulumi"


def _odd(one: Oddity) -> Problem:
    inside = one.path[1:] if one.path[:1] == ("config",) else one.path
    path = ".".join(inside or one.path) or "the file"
    if one.written and inside and one.path[:1] == ("config",) and _is_kept(inside[0]):
        what, hint = f"is read in another way than it is written (line {one.line})", "Write it in quotes"
        return Problem(path=path, value="", allowed=what, hint=hint)
    problem, _, hint = one.problem.partition("; ")
    hint = f"{hint[:1].upper()}{hint[1:]}" if hint else "Fix the stack file"
    return Problem(path=path, value=cut(one.written, _LONGEST), allowed=f"{problem} (line {one.line})", hint=hint)
