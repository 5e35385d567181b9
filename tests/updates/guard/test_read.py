"""What the guard takes for a preview of this project."""

import pytest

from infra.errors import ConfigError
from infra.updates.guard.read import exceptions_of, read_preview
from tests.updates.preview.previews import document, step

VOLUME = "hcloud:index/volume:Volume"


def written(tmp_path, text):
    path = tmp_path / "preview.json"
    path.write_text(text)
    return str(path)


def test_another_projects_preview(tmp_path):
    text = document(step("update", VOLUME, "server-data")).replace(
        "::stagecoach::stagecoach:", "::website::stagecoach:"
    )
    with pytest.raises(ConfigError, match="a preview of project stagecoach, not of website"):
        read_preview(written(tmp_path, text))


@pytest.mark.parametrize("text", ["{}", '{"changeSummary": {"same": 3}}', '{"config": {}}'])
def test_nothing_to_judge(tmp_path, text):
    """It must not pass for a preview in which nothing is dangerous."""
    with pytest.raises(ConfigError, match="a preview with steps"):
        read_preview(written(tmp_path, text))


def test_a_urn_that_is_none(tmp_path):
    text = '{"steps": [{"op": "delete", "urn": "server"}]}'
    with pytest.raises(ConfigError, match="not of server"):
        read_preview(written(tmp_path, text))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ConfigError, match="No such file"):
        read_preview(str(tmp_path / "nothing.json"))


class TestExceptions:
    STACK = """config:
  stagecoach:name: shop
  stagecoach:provider: hetzner
  stagecoach:region: nbg1
  stagecoach:stage: 1
  stagecoach:image: ghcr.io/example/shop:1.0.0
  stagecoach:admin_cidrs: [203.0.113.0/24]
  stagecoach:guard_exceptions:
    - urn: urn:pulumi:stage1::stagecoach::hcloud:index/volume:Volume::server-data
      reason: moved by hand on Tuesday
"""

    def test_of_the_previews_own_stack(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        preview = read_preview(written(tmp_path, document(step("delete", VOLUME, "server-data"))))
        assert exceptions_of(preview, None) == ()
        (tmp_path / "Pulumi.stage1.yaml").write_text(self.STACK)
        assert [one.reason for one in exceptions_of(preview, None)] == ["moved by hand on Tuesday"]

    def test_without_a_reason(self, tmp_path):
        path = tmp_path / "Pulumi.stage1.yaml"
        path.write_text(self.STACK.replace("moved by hand on Tuesday", "because"))
        preview = read_preview(written(tmp_path, document(step("delete", VOLUME, "server-data"))))
        with pytest.raises(ConfigError, match=r"guard_exceptions\.0\.reason"):
            exceptions_of(preview, path)
