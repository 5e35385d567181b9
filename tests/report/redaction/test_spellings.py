"""Every spelling of a value is known, whatever the value."""

import html
import json
import shlex
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from infra.delivery.comment import Findings, StackPreview
from infra.delivery.publish import published
from infra.report.redaction.redact import redact
from infra.report.redaction.spellings import spellings
from infra.updates.guard.rules import rule
from infra.updates.preview.engine_preview import parse_preview
from tests.updates.preview.previews import document, step

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


# Beside letters of every script those that a spelling changes.
HARD = st.text(
    st.one_of(
        st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"]),
        st.sampled_from("<>&\"'/\\|`*_[]()#@:;=+-~$%?!{}., \u00e9\u20ac\U0001f511"),
    ),
    min_size=6,
    max_size=60,
)
PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def masked(name, value):
    """Wherever it stands: in a text, in a comment's table, list and fence; a URL's in the URL's variable."""
    assume(value.strip() == value)
    assume("[secret]" not in value and value not in "before [secret] after postgres://state:@db.example/x")
    written = WRITTEN[name](value)
    for environment in ({"A_TOKEN": value}, {"STATE": f"postgres://state:{quote(value, safe='')}@db.example/x"}):
        text = redact(f"before {written} after", environment)
        assert written not in text
        assert value not in text
        shown = shown_by_github(published(findings(written), environment))
        assert " ".join(written.split()) not in shown
        assert "[secret]" in shown


def findings(text):
    said = [{"severity": "error", "message": f"no {text} here"}]
    preview = parse_preview(document(step("delete", text, text, paths=[text]), diagnostics=said), "x")
    shown = StackPreview(stack="stage1", preview=preview, ruling=rule(preview), text=f"+ {text}\n- {text}")
    return Findings(changes=(), program_changed=False, previews=(shown,), remarks=(text,))


def shown_by_github(made):
    """The text that a reader sees."""
    inline = [token for token in PARSER.parse(made) if token.type in ("inline", "fence")]
    return "\n".join("".join(one.content for one in token.children or [token]) for token in inline)


@settings(max_examples=300, derandomize=True)
@given(name=st.sampled_from(sorted(WRITTEN)), value=HARD)
def test_three_hundred_secrets(name, value):
    masked(name, value)


@pytest.mark.proof
@settings(max_examples=10_000, derandomize=True, suppress_health_check=list(HealthCheck))
@given(name=st.sampled_from(sorted(WRITTEN)), value=HARD)
def test_ten_thousand_secrets(name, value):
    masked(name, value)


@given(value=VALUES, before=st.binary(max_size=20), after=st.binary(max_size=20))
def test_within_base64(value, before, after):
    """At any place of a longer text: all letters but those that it shares with its neighbours."""
    encoded = b64encode(before + value.encode() + after).decode()
    found = max((one for one in spellings(value) if one in encoded), key=len, default="")
    assert len(found) >= len(value.encode()) * 8 // 6 - 2
