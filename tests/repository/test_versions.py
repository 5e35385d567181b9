"""The version, the CHANGELOG's sections, and the pages that say what they mean."""

import re
import tomllib
from pathlib import Path

import pytest

from infra.versions import VERSION

REPOSITORY = Path(__file__).resolve().parents[2]
CHANGELOG = (REPOSITORY / "CHANGELOG.md").read_text()
SECTIONS = re.findall(r"(?m)^## (.+)$", CHANGELOG)
NUMBER = re.compile(r"(\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d|not tagged yet)\)")
_LONGEST = 200  # characters of an entry that people read


def section(name):
    return re.split(r"(?m)^## ", CHANGELOG.split(f"## {name}\n", 1)[1], maxsplit=1)[0]


def test_one_number():
    assert tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["version"] == VERSION


class TestChangelog:
    def test_what_comes_is_on_top(self):
        assert SECTIONS[0] == "Unreleased"
        assert [one for one in SECTIONS[1:] if not NUMBER.fullmatch(one)] == []

    def test_the_newest_version_is_this_one(self):
        """An older one has a date: it was tagged."""
        assert NUMBER.fullmatch(SECTIONS[1])[1] == VERSION
        assert [one for one in SECTIONS[2:] if "not tagged yet" in one] == []

    @pytest.mark.parametrize("name", SECTIONS[1:])
    def test_upgrade_notes_come_first(self, name):
        assert re.findall(r"(?m)^### (.+)$", section(name))[0] == "Upgrade notes"

    def test_entries_that_come_are_short(self):
        found = [line for line in section("Unreleased").splitlines() if line.startswith("- ")]
        assert [line for line in found if len(line) > _LONGEST] == []


@pytest.mark.parametrize("page", ["VERSIONING.md", "SECURITY.md"])
class TestPages:
    def test_linked_from_where_people_look(self, page):
        for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/README.md"):
            assert f"{page})" in (REPOSITORY / name).read_text(), name

    def test_every_file_that_holds_it_is_there(self, page):
        named = re.findall(r"`((?:tests|infra|docs|lab)/[^`*]*)`", (REPOSITORY / page).read_text())
        assert [name for name in named if not (REPOSITORY / name).exists()] == []
