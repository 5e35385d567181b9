"""Read a stack file's text: the values that the program would get, and the problems of how they are written."""

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
    """A stack text is a stack file after reading.

    Args:
        top: The file's top-level keys.
        values: The values below `config:`, by key with its namespace.
        problems: Everything that is wrong with how the file is written.
        odd: The locations of those problems, without the namespace.
    """

    top: Mapping[str, Any]
    values: Mapping[str, Any]
    problems: tuple[Problem, ...]
    odd: tuple[tuple[str, ...], ...]


def read_stack_text(text: str, path: Path | str) -> StackText:
    """Read the text as the engine would.

    Args:
        text: The whole file.
        path: The file's name in messages.

    Raises:
        ConfigError: The text is not YAML, or not a stack file.
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
        raise ConfigError(f"{path} cannot be used", problems)  # nobody knows which of the two is meant
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
    # The engine may take either of two equal keys, and not the same one in each run, so no value is checked.
    odd = [_place(one) for one in document.oddities if len(one.path) > 1] + [(key,) for key in doubled]
    return StackText(top=content, values=values, problems=tuple(problems), odd=tuple(odd))


def full_key(key: str) -> str:
    """Add the project's namespace to a key without one, as the engine does."""
    return key if ":" in key else f"{NAMESPACE}:{key}"


def file_problem(path: Path | str, what: str, hint: str = _COPY) -> Problem:
    """Return a problem that makes the whole file unusable.

    Args:
        path: The file.
        what: What is wrong.
        hint: What to do.
    """
    return Problem(path=str(path), value="", allowed=what, hint=hint)


def _place(one: Oddity) -> tuple[str, ...]:
    """Return the location of an oddity in the program's keys."""
    return one.path[1].removeprefix(f"{NAMESPACE}:"), *one.path[2:]


def _value(key: str, value: Any) -> Any:  # noqa: ANN401  the value may be anything
    return value if has_secret(value) else as_engine(key.rpartition(":")[2], value)


def _twice(key: str) -> Problem:
    """Return the problem that a key is set with the namespace and without it, because both are the same key."""
    hint = f"Remove one; the longer one, {full_key(key)}, is what `pulumi config set` writes"
    return Problem(path=key, value="", allowed=f"is set as {full_key(key)} as well", hint=hint)


def _is_kept(key: str) -> bool:
    """Return whether a value may be a secret that nobody has encrypted, so that no message repeats it."""
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
