"""Secrets in whatever writing: escapes in escapes, folded lines, wrapped base64, logs that were cut."""

import base64
import itertools
import json
import re
import shlex
import textwrap
from urllib.parse import quote

import pytest
import yaml

from infra.report.redaction.redact import redact

VALUES = (
    'it\'s "qu\\oted" $HOME/`x`',
    "correct horse battery staple",
    "a+b/c=d&e%f?g#h@i:j|k<l>",
    "Grüße, 10 € und ein 🔑",
    "p4ssw0rd-of-the-database",
)


def octal(value):
    return (
        "$'"
        + "".join(f"\\{byte:03o}" if byte > 127 or not chr(byte).isalnum() else chr(byte) for byte in value.encode())
        + "'"
    )


def mixed(value):
    """Upper and lower case in turn."""
    cases = itertools.cycle((str.upper, str.lower))
    return re.sub("%..", lambda code: next(cases)(code[0]), quote(value, safe=""))


WRITTEN = {
    "json three times": lambda value: json.dumps(json.dumps(json.dumps(value))),
    "json in upper case": lambda value: re.sub(
        r"\\u\w{4}", lambda code: "\\u" + code[0][2:].upper(), json.dumps(value)
    ),
    "percent in both cases": mixed,
    "percent twice": lambda value: quote(quote(value, safe=""), safe=""),
    "single quotes of a shell": lambda value: "'" + value.replace("'", "'\\''") + "'",
    "double quotes of a shell": lambda value: '"' + re.sub(r'([\\"$`])', r"\\\1", value) + '"',
    "printf %q": lambda value: re.sub(r"([^\w./-])", r"\\\1", value),
    "quoted twice": lambda value: shlex.quote(shlex.quote(value)),
    "octal": octal,
    "bytes": lambda value: repr(value.encode()),
    "hex": lambda value: value.encode().hex(),
    "compose": lambda value: value.replace("$", "$$"),
    "folded": lambda value: yaml.safe_dump({"k": value}, width=10),
    "folded in double quotes": lambda value: yaml.safe_dump({"k": value}, width=8, default_style='"'),
    "a diff of lines": lambda value: "\n".join(f"+   {word}" for word in value.split()),
    "base64 of mail": lambda value: base64.encodebytes(
        b"a user whose name is long enough:" * 2 + value.encode()
    ).decode(),
    "base64 of a login in a URL": lambda value: quote(base64.b64encode(f"user:{value}".encode()), safe=""),
    "base64 of a URL": lambda value: base64.b64encode(f"redis://:{quote(value, safe='')}@redis".encode()).decode(),
    "base64 of JSON": lambda value: base64.b64encode(json.dumps({"a": value}, ensure_ascii=False).encode()).decode(),
    "base64 twice": lambda value: base64.b64encode(base64.b64encode(f"x:{value}".encode())).decode(),
    "base64 in narrow lines": lambda value: "\n    ".join(textwrap.wrap(base64.b64encode(value.encode()).decode(), 11)),
}


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN)
def test_is_masked(write, value):
    text = redact(f"before {write(value)} after", {"A_TOKEN": value})
    assert "[secret]" in text
    assert text.startswith("before ")
    assert text.endswith(" after")
    left = text.replace("[secret]", "")
    assert [word for word in re.findall(r"\w{5,}", value) if word in left] == []


def test_nothing_else_goes():
    text = "Nothing of this: 100 % | a+b 'c' \\n ${HOME} correct \n horse &amp; c2VjcmV0 -----END of it-----\n"
    assert redact(text, {"A_TOKEN": VALUES[0], "B_KEY": VALUES[1], "C_PASS": "      ", "D_KEY": "------"}) == text


class TestCut:
    """A log begins and ends anywhere."""

    def test_the_end(self):
        assert redact("token hcloud-01234", {"HCLOUD_TOKEN": "hcloud-0123456789"}) == "token [secret]"

    def test_the_beginning(self):
        assert redact("23456789: no such token", {"HCLOUD_TOKEN": "hc-0123456789"}) == "[secret]: no such token"


@pytest.mark.parametrize(
    ("variable", "value", "text"),
    [
        ("MYSQL_PWD", "hunter2-hunter2", "a hunter2-hunter2 b"),
        ("GITHUB_PAT", "ghx_0123456789", "a ghx_0123456789 b"),
        ("REDISCLI_AUTH", "redis-0123", "a redis-0123 b"),
        ("GOOGLE_CREDENTIALS", '{"type": "x", "private_key_id": "0123456789abcdef"}', "a 0123456789abcdef b"),
        ("KUBECONFIG_TEXT", "users:\n- user:\n    token: abcdefgh.ijkl\n", "a abcdefgh.ijkl b"),
        ("DB_DSN", "host=db password=hunter2-hunter2", "a hunter2-hunter2 b"),
        ("NOTHING", "", "a postgres:\\/\\/u:hunter2@host b"),
        ("NOTHING", "", "a redis%3A%2F%2F%3Ahunter2%40host b"),
        ("NOTHING", "", "a host=db password=hunter2 b"),
    ],
)
def test_further_names_and_forms(variable, value, text):
    made = redact(text, {variable: value})
    assert re.search(r"hunter2|0123|abcdefgh", made) is None
    assert made.startswith("a ")
    assert made.endswith(" b")


@pytest.mark.parametrize("name", ["GIT_AUTHOR_NAME", "SSH_AUTH_SOCK", "PWD", "OLDPWD"])
def test_names_that_tell_nothing(name):
    assert redact("Anna of /home/anna", {name: "Anna of /home/anna"}) == "Anna of /home/anna"
