"""Stack files of the examples and of the pages about them are ones that the stack takes."""

from pathlib import Path

import pytest
import yaml

from infra.stack_file.reader.parse import parse_config
from tests.docs.page import DOCS, read_blocks

REPOSITORY = Path(__file__).resolve().parents[2]
EXAMPLES = [REPOSITORY / "examples" / name / "README.md" for name in ("minimal", "cookiecutter", "websocket")]
PAGES = [DOCS / "how-to" / "cookiecutter-django.md", DOCS / "how-to" / "websockets.md"]


@pytest.mark.parametrize("path", [*EXAMPLES, *PAGES], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_is_one(path):
    [text] = [block.text for block in read_blocks(path) if block.language == "yaml"]
    values = yaml.safe_load(text)
    given = yaml.safe_load((REPOSITORY / "Pulumi.stage1.yaml").read_text())["config"]
    config = parse_config(given | values.get("config", values), title=path.name)
    assert config.app.celery_app != "config"


@pytest.mark.parametrize(("page", "example"), list(zip(PAGES, EXAMPLES[1:], strict=True)))
def test_a_page_says_what_its_example_has(page, example):
    """Names of the app itself: what is tested is what is told."""
    apps = []
    for path in (page, example):
        [text] = [block.text for block in read_blocks(path) if block.language == "yaml"]
        values = yaml.safe_load(text)
        apps.append(values.get("config", values)["stagecoach:app"] | {"health_path": ""})
    assert apps[0] == apps[1]
