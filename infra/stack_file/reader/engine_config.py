"""Turn the engine's config into a StackConfig, with the same result that `plan` gets from the file."""

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
    """Return the config from the engine's texts.

    Args:
        texts: The decrypted texts by key; no secret enters a model or a message.
        path: The stack file. It alone shows how a number is written and what is encrypted. The values come from the
            engine anyway, because `--config-file` may name another file and an environment may add keys.
        secret: Keys that the engine has decrypted.

    Raises:
        ConfigError: Lists every problem of the texts and of the file.
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


def _shape(key: str, text: str) -> Any:  # noqa: ANN401  the value may be anything
    """Replace a secret by a marker, but keep the names inside a secret that holds several values."""
    return dict.fromkeys(object_of(text) or (), _SECRET) or _SECRET if _name(key) in NAMED_SECRETS else _SECRET
