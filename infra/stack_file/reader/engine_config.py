"""From what the engine hands over to a StackConfig, with the verdict that `plan` has for the same file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from infra.names import NAMESPACE
from infra.stack_file.reader.engine_values import from_engine
from infra.stack_file.reader.parse import parse_config, read_file
from infra.stack_file.reader.secrecy import NAMED_SECRETS, SECRET_KEYS, has_secret, secret_problems
from infra.stack_file.reader.secret_values import object_of, value_problems
from infra.stack_file.reader.stack_text import read_stack_text
from infra.stack_file.stack_config import StackConfig

_SECRET = {"secure": ""}


def parse_engine_config(texts: Mapping[str, str], path: Path, secret: Collection[str] = ()) -> StackConfig:
    """The config of the engine's texts by key.

    Args:
        texts: Decrypted; none of a secret's value gets into a model or a message.
        path: The stack file, which alone shows how a number was written and what is encrypted.  The values are the
            engine's all the same: `--config-file` may name another file, an environment may add keys.
        secret: Keys that the engine has decrypted.

    Raises:
        ConfigError: lists every problem of both.
    """
    values = {key: _SECRET if key in secret else from_engine(_name(key), text) for key, text in texts.items()}
    hidden = {key: text for key, text in texts.items() if _name(key) in SECRET_KEYS and key in secret}
    values |= {key: _shape(key, text) for key, text in hidden.items()}
    title = f"{path} cannot be used"
    inside = list(value_problems(hidden, NAMESPACE, texts.get(f"{NAMESPACE}:env", "")))
    if not path.is_file():
        return parse_config(values, title=title, extra=inside)
    found = read_stack_text(read_file(path), path)
    written = {key: value for key, value in found.values.items() if has_secret(value) and key in values}
    plain = _own({key: value for key, value in found.values.items() if _name(key) in SECRET_KEYS})
    problems = [*found.problems, *secret_problems(plain, NAMESPACE), *inside]
    return parse_config(values | written, title=title, extra=problems, judged=found.odd)


def _own(values: Mapping[str, Any]) -> dict[str, Any]:
    prefix = f"{NAMESPACE}:"
    return {key.removeprefix(prefix): value for key, value in values.items() if key.startswith(prefix)}


def _name(key: str) -> str:
    return key.rpartition(":")[2]


def _shape(key: str, text: str) -> Any:  # noqa: ANN401  whatever stands in the stack file
    """A secret's names, where it has some."""
    return dict.fromkeys(object_of(text) or (), _SECRET) or _SECRET if _name(key) in NAMED_SECRETS else _SECRET
