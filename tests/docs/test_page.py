"""The reader of pages, on pages of its own."""

import pytest

from tests.docs.page import matches, read_blocks, skipped
from tests.docs.shell import Shell, play

PAGE = """\
# Title

<!-- test: write note.yaml -->

```yaml
config:
  a: 1
  b: 2
```

<!-- test: merge note.yaml -->
```yaml
config:
  b: 3
```

```sh
export WORD=kept
mkdir below
cd below
```

```sh
echo "$WORD in $(basename "$PWD")"; cat ../note.yaml
```

```text
kept in ...
...
  b: 3
```

<!-- test: skip: needs a real server -->
```sh
exit 1
```

```text
not compared
```
"""


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "page.md"
    path.write_text(PAGE)
    return path


@pytest.fixture
def shell(tmp_path):
    (tmp_path / "work").mkdir()
    return Shell(tmp_path / "work", {"PATH": "/usr/bin:/bin"}, tmp_path)


class TestRead:
    def test_blocks_with_their_orders(self, page):
        assert [block.language for block in read_blocks(page)] == ["yaml", "yaml", "sh", "sh", "text", "sh", "text"]
        assert [block.order for block in read_blocks(page)][:3] == ["write note.yaml", "merge note.yaml", ""]
        assert skipped(page) == ["needs a real server"]

    @pytest.mark.parametrize("text", ["```sh\n", "<!-- test: fails -->\n"])
    def test_half_a_block_is_an_error(self, tmp_path, text):
        path = tmp_path / "half.md"
        path.write_text(text)
        with pytest.raises(AssertionError, match="without"):
            read_blocks(path)


class TestPlay:
    def test_the_page_does_what_it_says(self, page, shell):
        play(page, shell)
        assert shell.folder.name == "below"

    @pytest.mark.parametrize(
        ("old", "new", "words"),
        [
            ("  b: 3\n```\n\n<!-- test: skip", "  b: 4\n```\n\n<!-- test: skip", "page.md:28: not printed"),
            ("mkdir below", "false", "page.md:18: exit code 1"),
            ("<!-- test: skip: needs a real server -->\n", "", "page.md:34: exit code 1"),
        ],
    )
    def test_a_lie_is_found(self, page, shell, old, new, words):
        page.write_text(PAGE.replace(old, new))
        with pytest.raises(AssertionError, match=words):
            play(page, shell)


class TestMatches:
    def test_order_counts(self):
        assert matches("a\n...\nb ... c", "a\nx\nb 1 2 c\n")
        assert not matches("b\na", "a\nb\n")

    def test_blanks_are_of_any_width(self):
        assert matches("postgres-0 2/2 Running", "postgres-0     2/2    Running   0")
