"""Every spelling of a value is known, whatever the value."""

import html
import json
import shlex
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from infra.pull_requests.redact import redact
from infra.pull_requests.spellings import spellings

# Passwords that people and generators make; a mask that is the value itself would prove nothing.
VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=6, max_size=60)

GO = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
WRITTEN = {
    "plain": str,
    "json": json.dumps,
    "json of go": lambda value: json.dumps(value, ensure_ascii=False).translate(GO),
    "json in json": lambda value: json.dumps(json.dumps({"key": value})),
    "url in json": lambda value: json.dumps(f"postgres://u:{quote(value, safe='')}@host"),
    "quoted": lambda value: quote(value, safe=""),
    "path": quote,
    "lower case": lambda value: quote(value.lower(), safe="").lower() if value == value.lower() else quote(value),
    "form": lambda value: urlencode({"a": value}),
    "plus": quote_plus,
    "html": html.escape,
    "shell": shlex.quote,
    "repr": repr,
    "yaml": lambda value: "'" + value.replace("'", "''") + "'",
    "base64": lambda value: b64encode(value.encode()).decode(),
    "base64 of a url": lambda value: urlsafe_b64encode(value.encode()).decode(),
}


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN)
@given(value=VALUES)
def test_is_masked(write, value):
    """Of a variable whose name says so; nothing of what is around it goes."""
    assume(value.strip() == value)
    assume("[secret]" not in value and value not in "before [secret] after")
    text = redact(f"before {write(value)} after", {"A_TOKEN": value})
    assert write(value) not in text
    assert value not in text
    assert "[secret]" in text
    assert text.startswith("before ")
    assert text.endswith(" after")


@given(value=VALUES, before=st.binary(max_size=20), after=st.binary(max_size=20))
def test_within_base64(value, before, after):
    """At any place of a longer text: all letters but those that it shares with its neighbours."""
    encoded = b64encode(before + value.encode() + after).decode()
    found = max((one for one in spellings(value) if one in encoded), key=len, default="")
    assert len(found) >= len(value.encode()) * 8 // 6 - 2
