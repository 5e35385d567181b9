"""The README's pictures show what the commands print."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tools.pictures import FOLDER, pictures

REPOSITORY = Path(__file__).resolve().parents[2]
MADE = pictures()


@pytest.mark.parametrize("name", sorted(MADE))
def test_is_up_to_date(name):
    path = FOLDER / name
    assert path.exists(), "run `make docs`"
    assert path.read_text() == MADE[name], "run `make docs`"


def test_no_other_picture():
    """A picture that nobody makes any more would go stale."""
    assert {path.name for path in FOLDER.iterdir()} == set(MADE)


def words(name):
    """What a reader sees, line by line."""
    rows = {}
    made = ET.fromstring(MADE[name])  # noqa: S314  our own
    for one in made.iter("{http://www.w3.org/2000/svg}text"):
        rows.setdefault(float(one.get("y")), []).append(one.text.replace("\xa0", " "))
    return ["".join(row) for _, row in sorted(rows.items())]


def test_the_plan_ends_with_its_verdict():
    shown = words("plan.svg")
    assert "Stage 2 on hetzner, nbg1" in shown[0]
    assert shown[-1].strip() == "It fits."


def test_the_comment_has_cost_downtime_and_the_way_back():
    shown = "\n".join(words("pull-request.svg"))
    for said in ("A month without VAT:", "Downtime of the shop:", "What happens, in this order:", "How to go back:"):
        assert said in shown


@pytest.mark.parametrize("name", sorted(MADE))
def test_loads_nothing_from_elsewhere(name):
    """A page of GitHub's shows a picture, and loads no font for it."""
    assert MADE[name].count("http") == 1  # SVG's own name
    assert "@font-face" not in MADE[name]


@pytest.mark.parametrize("name", sorted(MADE))
def test_is_shown_in_the_readme(name):
    assert f"](docs/images/{name})" in (REPOSITORY / "README.md").read_text()
