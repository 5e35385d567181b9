"""Whatever stands in a stack file, a preview or a diff: the comment has the parts of one of plain words, no more."""

import json
import random
import re

import pytest
from markdown_it import MarkdownIt

from infra.delivery.comment import Findings, StackPreview, render_comment
from infra.delivery.stack_changes import StackChange
from infra.errors import ConfigError, Problem
from infra.report.markdown import LIMIT
from infra.stack_file.guard_config import GuardException
from infra.stack_file.reader.parse import parse_stack_text
from infra.updates.guard.rules import rule
from infra.updates.preview.engine_preview import parse_preview
from tests.updates.preview.previews import document, step

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
# What each program or person could have a comment say.
HOSTILE = (
    *("<img src=x onerror=y>", "</details>", "<!-- x -->", "-->", "<b>", "</summary>", "&lt;b&gt;", "<a href='x'>"),
    *("[a](https://evil.example)", "![a](https://evil.example/a.png)", "[a]: https://evil.example", "[^1]", "<x@y.z>"),
    *("https://evil.example", "www.evil.example", "ftp://evil.example", "mailto:a@evil.example", "a@evil.example"),
    *("@anna", "@acme/team", "#12", "acme/shop#12", "GH-12", ":shipit:", "$x$", "$$x$$", "~~x~~", "**x**", "__x__"),
    *("|", "a|b", "\\|", "\\", "\\\\|", "`", "``", "```", "````", "~~~", "`a", "a`", "`a`b`c", "`<b>", "*", "_", "_a"),
    *(
        "# a",
        "## a",
        "- a",
        "+ a",
        "1. a",
        "> a",
        "> [!NOTE]",
        "---",
        "===",
        "| a | b |\n| --- | --- |",
        ":-:",
        "- [ ] a",
    ),
    *("\n", "\r\n", "\n\n", "\t", "    x", "\x0b", "\x85", "\u2028", "\u202e", "\u200b", "\x00", "\x1b[31m", "\ud800"),
    *("plain", "words", "5", "(a)", "a.b", "stage: 5", "café", "магазин", "😀", "x" * 300),
)
QUIET = ("plain", "words", "5", "cafe")
SERVER = "hcloud:index/server:Server"
INLINE = {"text", "code_inline", "strong_open", "strong_close", "em_open", "em_close", "softbreak"}
# What GitHub makes of text behind Markdown's back: people, links, issues, pictures, mathematics.
ALIVE = re.compile(
    r"@\w|://|\bwww\.|#\d|\bgh-\d|:[a-z0-9_+-]+:|\$|[\x00-\x08\x0b\x0e-\x1f\u202e\ud800-\udfff]", re.IGNORECASE
)


def comment(seed, words):
    """A comment of which everything that somebody else writes is made of the words."""
    dice = random.Random(seed)  # noqa: S311  the same ones in every run

    def text(most=6):
        return "".join(f"{dice.choice(words)}{dice.choice((' ', '', ' '))}" for _ in range(dice.randint(1, most)))

    said = [{"severity": dice.choice(("error", "warning")), "message": f"x{text(12)}"} for _ in range(2)]
    steps = [step("replace", SERVER, "".join(f"n{text()}".split()), replacing=[f"r{text()}"])]
    for op in ("update", "delete", f"o{text(2)}"):
        made = step(op, text(2), f"n{text()}", paths=[f"p{text()}"], replacing=[f"r{text()}"])
        steps.append(made | {"oldState": {"type": "x", "protect": dice.random() < 0.5}})
    preview = parse_preview(document(*steps, diagnostics=said), "x")
    reason = f"because it was {text()} long ago".encode(errors="ignore").decode()
    allowed = (GuardException(urn=preview.steps[0].urn, reason=reason),)
    shown = StackPreview(stack=f"s{text()}", preview=preview, ruling=rule(preview, allowed), text=f"d{text(30)}")
    return render_comment(
        Findings(changes=(_change(dice, text),), program_changed=True, previews=(shown,), remarks=(f"From {text()}",))
    )


def _change(dice, text):
    """A file that can't be used, with the reader's own messages and with one of any words."""
    name, value = json.dumps(text()), json.dumps(text())
    lines = f"config:\n  stagecoach:name: {name}\n  stagecoach:image: {value}\n  stagecoach:env: {{{name}: {value}}}\n"
    with pytest.raises(ConfigError) as caught:
        parse_stack_text(lines, "Pulumi.x.yaml")
    own = Problem(path=text(), value=text(), allowed=text(), hint=text())
    error = ConfigError(f"a{text()}", [own, *caught.value.problems])
    return StackChange(
        path=f"Pulumi.{text()}.yaml",
        base_path=None,
        deployment=dice.choice((None, f"d{text()}")),
        plan=None,
        diff=None,
        refused=(f"r{text()}",),
        error=error,
    )


def parts(made):
    """Blocks with what they are of, and what is alive in their texts."""
    blocks, alive = [], []
    for token in PARSER.parse(made):
        kept = token.content if token.type == "html_block" else token.info
        blocks.append((token.type, token.tag, token.level, kept))
        alive += [
            (one.type, one.content, token.content[:500])
            for one in token.children or ()
            if one.type not in INLINE or (one.type == "text" and ALIVE.search(one.content))
        ]
    return blocks, alive


def counted(blocks):
    """How many of each, but for those that a message more or less adds."""
    return {one for one in blocks if one[0] not in ("inline", "list_item_open", "paragraph_open")}


def broken(seeds):
    """Comments with something alive in them, or with a block that a quiet one has not."""
    allowed = set().union(*(counted(parts(comment(seed, QUIET))[0]) for seed in range(20)))
    found = []
    for seed in seeds:
        made = comment(seed, HOSTILE)
        made.encode()
        assert len(made) <= LIMIT
        blocks, alive = parts(made)
        more = counted(blocks) - allowed
        if alive or more:
            found.append((seed, alive[:3], more))
    return found


def test_three_hundred_comments():
    assert broken(range(300)) == []


@pytest.mark.proof
def test_ten_thousand_comments():
    assert broken(range(1000, 11_000)) == []


def test_what_is_alive_is_seen():
    _, alive = parts("a <b> [c](https://d.example) @anna and ![e](f) `@anna`\n")
    assert [one[0] for one in alive] == ["html_inline", "link_open", "link_close", "text", "image"]
