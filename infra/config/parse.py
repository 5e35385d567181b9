"""From the keys of a stack file to a StackConfig: every problem at once, secrets never shown."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from infra.config.read_yaml import YamlError, read_yaml
from infra.errors import ConfigError, Problem
from infra.models.stack_config import StackConfig
from infra.models.strict import BetweenFieldsError
from infra.versions import VERSION

NAMESPACE = "stagecoach"
# Encrypted values: they never enter a model, the program gets them as secret outputs.
SECRET_KEYS: dict[str, str] = {
    "env_secrets": "more environment variables of the app, encrypted; needs `--path`, one variable at a time",
    "registry_password": "password of `registry.username`",
    "alerts_smtp_password": "password of `alerts.smtp_user`",
    "alerts_webhooks": "webhook URLs by receiver, as one JSON object, where the URL is as good as a password",
}
_PROVIDER_NAMESPACES = {"hetzner": "hcloud", "digitalocean": "digitalocean", "vultr": "vultr"}
_LONGEST = 200  # characters of a wrong value that a message shows
_WHOLE = "a whole number, without a unit"  # 60 GB, 60Gi
_TOP_LEVEL = ("config", "environment", "secretsprovider", "encryptedkey", "encryptionsalt")


def parse_stack_file(path: Path) -> StackConfig:
    """The config of a stack file.

    Raises:
        ConfigError: the file cannot be read, or anything in it is wrong.
    """
    try:
        text = path.read_text()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read", [_file_problem(path, error.strerror or str(error))]) from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not YAML", [_file_problem(path, str(error))]) from None
    return parse_stack_text(text, path)


def parse_stack_text(text: str, path: Path | str) -> StackConfig:
    """The config of a stack file's text; `path` is what messages call it.

    Raises:
        ConfigError: anything in it is wrong.
    """
    try:
        content = read_yaml(text)
    except YamlError as error:
        raise ConfigError(f"{path} is not YAML", [_file_problem(path, str(error))]) from None
    if not isinstance(content, dict) or not isinstance(content.get("config"), dict):
        raise ConfigError(f"{path} is not a stack file", [_file_problem(path, "a mapping with `config:`")])
    unknown = [key for key in content if key not in _TOP_LEVEL]
    extra = [
        Problem(path=str(key), value="", allowed=f"one of {', '.join(_TOP_LEVEL)}", hint="Put it under `config:`")
        for key in unknown
    ]
    return parse_config(content["config"], title=f"{path} cannot be used", extra=extra)


def parse_config(values: Mapping[str, Any], *, title: str, extra: Iterable[Problem] = ()) -> StackConfig:
    """The model of all keys with their namespaces.

    Raises:
        ConfigError: lists every problem.
    """
    own: dict[str, Any] = {}
    problems = list(extra)
    allowed = {NAMESPACE, "pulumi", _PROVIDER_NAMESPACES.get(str(values.get(f"{NAMESPACE}:provider")), "")}
    for key, value in values.items():
        namespace, _, name = str(key).partition(":")
        if namespace == NAMESPACE and name:
            own[name] = value
        elif namespace not in allowed or not name:
            problems.append(_wrong_namespace(str(key), allowed))
    public = {key: value for key, value in own.items() if key not in SECRET_KEYS}
    problems += _secret_problems(own)
    public = {key: value for key, value in public.items() if not _is_secret(value)}
    try:
        config = StackConfig.model_validate(public)
    except ValidationError as error:
        problems += [problem for one in error.errors() for problem in _problems(one)]
        raise ConfigError(title, problems) from None
    if problems:
        raise ConfigError(title, problems)
    return config


def _secret_problems(own: Mapping[str, Any]) -> list[Problem]:
    """Encrypted values where a model reads them, plain ones where a secret belongs."""
    hidden = [key for key in own if key not in SECRET_KEYS and _is_secret(own[key])]
    shown = [key for key in SECRET_KEYS if key in own and not _is_secret(own[key])]
    only, command = f"Only {', '.join(SECRET_KEYS)} are secrets", "Set it with `pulumi config set --secret {}`"
    return [
        *(_secrecy(key, "an encrypted value", "plain text", only) for key in hidden),
        *(_secrecy(key, "plain text", "an encrypted value", command.format(f"{NAMESPACE}:{key}")) for key in shown),
    ]


def _secrecy(key: str, value: str, allowed: str, hint: str) -> Problem:
    return Problem(path=f"{NAMESPACE}:{key}", value=value, allowed=allowed, hint=hint)


def _is_secret(value: object) -> bool:
    if isinstance(value, dict):
        return set(value) == {"secure"} or any(_is_secret(one) for one in value.values())
    return isinstance(value, list) and any(_is_secret(one) for one in value)


def _problems(error: Mapping[str, Any]) -> list[Problem]:
    """One problem, or all that a model found between its fields."""
    found = error.get("ctx", {}).get("error")
    if not isinstance(found, BetweenFieldsError):
        return [_problem(error)]
    return [
        Problem(
            path=f"{NAMESPACE}:{path}", value=_cut(value), allowed=allowed, hint=found.hint or _nearest(value, allowed)
        )
        for path, value, allowed in found.problems
    ]


def _nearest(value: str, allowed: str) -> str:
    """Among the names that are listed behind a colon."""
    listed = [one for one in allowed.rpartition(": ")[2].split(", ") if " " not in one]
    close = difflib.get_close_matches(value, listed, n=1) if value else []
    return f"Did you mean {close[0]}?" if close else "Mend the stack file"


def _problem(error: Mapping[str, Any]) -> Problem:
    """One of pydantic's errors in our words; the path is the stack file's."""
    location = [str(part) for part in error["loc"]]
    path = f"{NAMESPACE}:{'.'.join(location)}" if location else NAMESPACE
    if error["type"] == "missing":
        return Problem(path=path, value="", allowed="is required", hint=f"Add {path}")
    if error["type"] == "extra_forbidden":
        return _unknown_key(path, location)
    value = "" if not location or isinstance(error["input"], dict) else _shown(error["input"])
    message = _WHOLE if error["type"] in ("int_parsing", "int_type") else str(error["msg"])
    message = message.removeprefix("Value error, ")
    meaning = _meaning(location)
    hint = f"The key means: {meaning}" if meaning else "Fix the stack file"
    return Problem(path=path, value=value, allowed=message, hint=hint)


def _meaning(location: list[str]) -> str:
    """What the reference page says of a key; of the one around it where it has no words of its own."""
    said = [str(node["description"]) for node in _nodes(location) if node.get("description")]
    return said[-1] if said else ""


def _shown(value: object) -> str:
    """As it was written, but no page of it."""
    try:
        text = repr(value)
    except ValueError:  # Python writes no number of more than 4,300 digits
        return "a number of thousands of digits"
    return _cut(text)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _unknown_key(path: str, location: list[str]) -> Problem:
    known = [*StackConfig.model_fields, *SECRET_KEYS] if len(location) == 1 else _known_below(location)
    close = difflib.get_close_matches(location[-1], known, n=1)
    older = f"Remove it; if it comes from a newer stagecoach than this {VERSION}, update the checkout"
    hint = f"Did you mean {close[0]}?" if close else older
    return Problem(path=path, value="", allowed=f"unknown key; known are {', '.join(sorted(known))}", hint=hint)


def _known_below(location: list[str]) -> list[str]:
    """Field names of the model that the path leads into."""
    *_, node = _nodes(location[:-1])
    return list(_resolve(node).get("properties", {}))


def _nodes(location: list[str]) -> Iterator[dict[str, Any]]:
    """What the models' schema has for each part of a path, from outside in; empty where it has nothing."""
    node = _schema()
    for part in location:
        node = _resolve(node)
        node = node.get("properties", {}).get(part) or node.get("additionalProperties") or {}
        yield node


@cache
def _schema() -> dict[str, Any]:
    """Once for all problems of a file."""
    return StackConfig.model_json_schema()


def _resolve(node: dict[str, Any]) -> dict[str, Any]:
    """Follows a reference, also behind `X | None`."""
    for choice in node.get("anyOf", [node]):
        if "$ref" in choice:
            found: dict[str, Any] = _schema()["$defs"][choice["$ref"].rsplit("/", 1)[-1]]
            return found
    return node


def _wrong_namespace(key: str, allowed: set[str]) -> Problem:
    names = ", ".join(f"{name}:" for name in sorted(allowed) if name)
    suggestion = f"{NAMESPACE}:{key.rpartition(':')[2]}"
    return Problem(
        path=key, value="", allowed=f"a key in one of the namespaces {names}", hint=f"Did you mean {suggestion}?"
    )


def _file_problem(path: Path | str, what: str) -> Problem:
    return Problem(path=str(path), value="", allowed=what, hint="Copy Pulumi.stage1.yaml and change it")
