"""docs/reference/stack-file.md: every key that a stack file may have."""

from __future__ import annotations

from collections.abc import Iterator

from infra.names import NAMESPACE
from infra.stack_file.change import FIXED, KEY
from infra.stack_file.reader.secrecy import SECRET_KEYS
from infra.stack_file.stack_config import StackConfig
from infra.versions import IMAGES
from tools.reference.markdown import code, joined, page, sentence, table
from tools.reference.schema import Key, keys_of

_INTRO = f"""\
A stack file is `Pulumi.<stack>.yaml`. Every key stands under `config:` and begins with `{NAMESPACE}:`. An unknown \
key, a value out of its range and a value that contradicts another one are refused, all at once, before anything is \
built; `python -m infra plan --stack-file <file>` checks a file without a cloud account.

Keys of other namespaces are refused, too, except `pulumi:` and the provider's own (`hcloud:`, `digitalocean:`, \
`vultr:`)."""
# As read_yaml.py and plain_scalar.py of infra/stack_file/reader/ read them; tests/tools/reference asks for each row.
READ = (
    ("`5`, `-5`, `59.50`", "a number"),
    ("`true`, `false`", "a truth value, and no whole number"),
    ("`yes`, `no`, `on`, `12:30`, `1.2.3`", "a text, as it is written"),
    ("`~`, `null`, nothing behind the colon", "the key counts as left out"),
    ("`0100`, `0x10`, `1e3`, `1_000`, `+5`, `.5`, `.inf`", "refused: not everybody reads the same number there"),
    ("`2026-01-01`", "refused without quotes: it would reach the program as a moment in time"),
    ("`1.10`, `True` in `env`", "refused without quotes: the app would get `1.1` and `true`"),
    ("`'0100'`, `\"2026-01-01\"`", "a text: quotes always make one"),
)
_HOW = """\
`plan` and `pulumi up` read a file alike, and what two programs would read differently is refused with its line and \
the way to write it:"""
_KEYS = """\
A key stands there once: twice is refused, with and without `stagecoach:` as well. A key is a text in its line; `?`, \
`<<` and tags (`!!str`) are refused. Aliases (`*name`) stand for what they name. A file has one document, at most 30 \
levels, 20,000 values and 1,000,000 characters, in UTF-8. [What to do where a file is refused]\
(../how-to/stack-file.md)."""


def stack_file_page() -> str:
    """The page's text."""
    keys = keys_of(StackConfig)
    fixed = [key.path for key in keys if key.change == FIXED[KEY]]
    rows = ([f"[`{key.path}`](#{key.path})", _presence(key), key.change] for key in keys)
    return page(
        "The stack file",
        _INTRO,
        "## How it is read",
        _HOW,
        table(("written", "read as"), READ),
        _KEYS,
        "## Overview",
        table(("key", "", "a change on a running stack"), rows),
        f"**Fixed for the life of a deployment:** {joined(fixed)}.",
        *(block for key in keys for block in _section(key)),
        *_secrets(),
        *_images(),
    )


def _presence(key: Key) -> str:
    return "required" if key.required else "optional"


def _section(key: Key) -> Iterator[str]:
    yield f"## {key.path}"
    yield sentence(key.description)
    facts = [f"- Type: {key.type}."]
    if key.default:
        facts.append(f"- Default: {key.default}." if not key.required else "- Required.")
    yield "\n".join([*facts, f"- A change: {key.change}."])
    if key.below:
        yield table(("key", "type", "default", "what it is"), _rows(key.below))


def _rows(keys: tuple[Key, ...]) -> Iterator[list[str]]:
    for key in keys:
        if key.below and key.type == "mapping":
            yield from _rows(key.below)
        else:
            yield [code(key.path), key.type, key.default, key.description]


def _secrets() -> Iterator[str]:
    yield "## Secrets"
    yield (
        "Encrypted in the stack file, never in plain text: `pulumi config set --secret`. "
        "Everything else in the file is public."
    )
    yield table(("key", "what it is"), ([code(key), text] for key, text in SECRET_KEYS.items()))


def _images() -> Iterator[str]:
    yield "## Names for `images`"
    yield table(("name", "image"), ([code(name), code(image)] for name, image in sorted(IMAGES.items())))
