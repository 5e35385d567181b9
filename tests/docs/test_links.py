"""Links lead somewhere, and every page can be found from the map."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
MAP = REPOSITORY / "docs" / "README.md"
DOCS = sorted((REPOSITORY / "docs").rglob("*.md"))
PAGES = [*DOCS, *REPOSITORY.glob("*.md"), *REPOSITORY.glob("examples/*/README.md")]
_LINK = re.compile(r"(?<!!)\[[^]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"```.*?^ *```|`[^`\n]*`", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def links(path):
    """Link targets inside the repository: file and anchor."""
    found = _LINK.findall(_CODE.sub(lambda match: "" if match[0].startswith("```") else "`code`", path.read_text()))
    for target in found:
        if not re.match(r"[a-z]+:", target):
            name, _, anchor = target.partition("#")
            yield (path.parent / name).resolve() if name else path, anchor


def anchors(path):
    """As GitHub makes them."""
    without = re.sub(r"```.*?^ *```", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)
    made, seen = set(), {}
    for heading in _HEADING.findall(without):
        text = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", heading).lower()).replace(" ", "-")
        count = seen.get(text, 0)
        seen[text] = count + 1
        made.add(f"{text}-{count}" if count else text)
    return made


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_links_lead_somewhere(path):
    broken = [f"{target}#{anchor}" for target, anchor in links(path) if not target.exists()]
    broken += [
        f"{target}#{anchor}"
        for target, anchor in links(path)
        if target.suffix == ".md" and target.exists() and anchor and anchor not in anchors(target)
    ]
    assert broken == []


def test_every_page_is_on_the_map():
    """From docs/README.md, over any number of links."""
    reached, open_ = set(), [MAP]
    while open_:
        page = open_.pop()
        reached.add(page)
        open_ += [target for target, _ in links(page) if target.suffix == ".md" and target not in reached]
    assert [str(path.relative_to(REPOSITORY)) for path in DOCS if path not in reached] == []


class TestAnchors:
    def test_as_github_makes_them(self, tmp_path):
        path = tmp_path / "page.md"
        path.write_text("# Names for `images`\n## a: change the line\n## What?\n## What?\n```sh\n# no heading\n```\n")
        assert anchors(path) == {"names-for-images", "a-change-the-line", "what", "what-1"}

    def test_a_block_in_a_list_ends_where_it_ends(self, tmp_path):
        """Its fences are indented; headings behind it count."""
        path = tmp_path / "page.md"
        path.write_text("# One\n1. Say:\n\n   ```sh\n   # no heading\n   ```\n\n## Two\n")
        assert anchors(path) == {"one", "two"}
