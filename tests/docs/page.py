"""Reads a page's fenced blocks and what a comment before them says to the test.

A reader does not see the comments:
    <!-- test: skip: reason -->          the next block is not run
    <!-- test: fails -->                 the next block must fail
    <!-- test: write FILE -->            the next block is that file
    <!-- test: merge FILE -->            the next block's `config:` goes into that stack file
    <!-- test: merge FILE from OTHER --> ... into a copy of another file
    <!-- test: patch FILE -->            the next block is a piece of a diff of that file
A `text` block is what the block of commands before it prints; `...` stands for anything.
"""

import re
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
_COMMENT = re.compile(r"<!-- test: (.+) -->")


@dataclass(frozen=True, kw_only=True)
class Block:
    """One fenced block; `line` is where its text begins."""

    language: str
    text: str
    order: str
    line: int


def read_blocks(path):
    """The page's blocks, in order."""
    blocks, order, fence = [], "", None
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if fence is not None:
            if line.strip() == "```":
                blocks.append(Block(language=fence[0], text="\n".join(fence[2]), order=order, line=fence[1]))
                order, fence = "", None
            else:
                fence[2].append(line)
        elif line.startswith("```"):
            fence = (line[3:].strip(), number + 1, [])
        elif match := _COMMENT.fullmatch(line):
            assert not order, f"{path.name}:{number}: two comments before one block"
            order = match[1]
    assert fence is None, f"{path.name}: a block without an end"
    assert not order, f"{path.name}: a comment without a block"
    return blocks


def skipped(path):
    """The reasons of the blocks that are not run."""
    orders = [block.order for block in read_blocks(path)]
    return [order.removeprefix("skip: ") for order in orders if order.startswith("skip: ")]


def matches(expected, output):
    """Whether the expected lines stand in the output in this order; `...` stands for anything."""
    pattern = r"[\s\S]*?".join(
        r"[^\n]*?".join(re.escape(part.strip()).replace(r"\ ", r"\s+") for part in line.split("..."))
        for line in expected.splitlines()
        if line.strip() not in ("", "...")
    )
    return re.search(pattern, output) is not None
