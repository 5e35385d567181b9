"""Names on the pages: of the example's apps and models, and of the command."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
APPS = REPOSITORY / "examples" / "shop" / "apps"
PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]


def models(app):
    """The classes in an app's models."""
    path = APPS / app / "models.py"
    return re.findall(r"^class (\w+)\(", path.read_text(), re.MULTILINE) if path.exists() else []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(REPOSITORY)))
class TestPages:
    def test_models_are_the_examples(self, path):
        """A reader who runs the demo shop can run the command as it is printed."""
        text = path.read_text()
        named = re.findall(r"from apps\.(\w+)\.models import (\w+)", text)
        named += re.findall(r"dumpdata (\w+)\.(\w+)", text)
        assert [f"{app}.{name}" for app, name in named if name not in models(app)] == []
        assert "from shop.models" not in text

    def test_one_way_to_write_the_command(self, path):
        """The tutorial activates the environment."""
        assert ".venv/bin/python -m infra" not in path.read_text()
