"""The reference says what the code says."""

import re

import pytest

from infra.stack_file.change import FIXED, KEY
from infra.stack_file.reader.plain_scalar import UnfaithfulError, read_plain
from infra.stack_file.reader.secrecy import SECRET_KEYS
from infra.stack_file.stack_config import StackConfig
from stacks import STAGES
from tools.reference.pages import FOLDER, pages
from tools.reference.schema import keys_of
from tools.reference.stack_file import READ

KINDS = {
    "a number": (int, float),
    "a truth value": (bool,),
    "a text": (str,),
    "the key counts as left out": (type(None),),
}


class TestWritten:
    @pytest.mark.parametrize("name", sorted(pages()))
    def test_page_is_up_to_date(self, name):
        path = FOLDER / name
        assert path.exists(), "run `make docs`"
        assert path.read_text() == pages()[name], "run `make docs`"

    def test_no_other_page(self):
        """A page that nobody writes any more would go stale."""
        assert {path.name for path in FOLDER.glob("*.md")} == set(pages())


class TestStackFile:
    def test_every_key_says_what_a_change_does(self):
        """A new key needs `json_schema_extra=change.<...>`."""
        assert [key.path for key in keys_of(StackConfig) if not key.change] == []

    def test_fixed_keys_are_those_that_the_program_refuses(self):
        """infra/preflight/recorded.py: require_same_place."""
        assert [key.path for key in keys_of(StackConfig) if key.change == FIXED[KEY]] == ["name", "provider", "region"]

    def test_keys_below_a_mapping_by_name(self):
        text = pages()["stack-file.md"]
        assert "| `overrides.pools.<pool>.concurrency` | whole number, 1 to 64 |" in text
        assert "| `overrides.pools.<pool>.memory_limit` | memory, for example `512Mi` or `1Gi` |" in text

    def test_how_words_are_read(self):
        """Each row is what the reader does; a word in `env` is one of those whose text would change."""
        for written, as_what in READ[:6]:
            for word in re.findall("`(.+?)`", written):
                if as_what.startswith("refused"):
                    with pytest.raises(UnfaithfulError):
                        read_plain(word)
                else:
                    assert type(read_plain(word)) in KINDS[as_what.partition(",")[0]]
        for word in ("1.10", "True"):
            with pytest.raises(UnfaithfulError):
                read_plain(word, as_text=True)

    def test_names_the_secrets(self):
        assert [key for key in SECRET_KEYS if f"| `{key}` |" not in pages()["stack-file.md"]] == []


class TestStages:
    def test_prices_and_sizes(self):
        text = pages()["stages.md"]
        assert [f"## Stage {number}" for number in STAGES if f"## Stage {number}\n" not in text] == []
        assert "| price | 5.49 EUR | 24.00 USD | 20.00 USD |" in text
        assert "`s-8vcpu-16gb`: 8 vCPU, 16 GB" in text
