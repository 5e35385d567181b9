"""`deployments.yaml`: what runs, and where."""

import pytest

from infra.errors import ConfigError
from infra.stack_file.deployments import parse_deployments, read_deployments

STACK = "config:\n  stagecoach:name: {}\n"


@pytest.fixture
def folder(tmp_path):
    for stack in ("stage1", "stage2"):
        (tmp_path / f"Pulumi.{stack}.yaml").write_text(STACK.format("shop"))
    (tmp_path / "Pulumi.museum.yaml").write_text(STACK.format("museum"))
    return tmp_path


def read(folder, now, before=""):
    (folder / "deployments.yaml").write_text(now)
    return read_deployments(folder, before)


class TestRead:
    def test_one_that_stays(self, folder):
        [one] = read(folder, "shop: stage1\n", "shop: stage1\n")
        assert (one.name, one.stack, one.previous, one.moves) == ("shop", "stage1", "stage1", False)
        assert one.candidates == ("stage1", "stage2")

    def test_one_that_moves(self, folder):
        [one] = read(folder, "shop: stage2\n", "shop: stage1\n")
        assert (one.previous, one.moves) == ("stage1", True)

    def test_a_new_line_is_no_move(self, folder):
        [one] = read(folder, "museum: museum\n", "shop: stage1\n")
        assert (one.moves, one.candidates) == (False, ("museum",))

    def test_the_old_stack_file_may_be_gone(self, folder):
        (folder / "Pulumi.stage1.yaml").unlink()
        [one] = read(folder, "shop: stage2\n", "shop: stage1\n")
        assert one.candidates == ("stage1", "stage2")

    @pytest.mark.parametrize("text", ["", "# shop: stage1\n"])
    def test_nothing_runs(self, folder, text):
        assert read(folder, text) == ()

    def test_no_file(self, folder):
        assert read_deployments(folder, "") == ()

    def test_the_shipped_file_names_none(self):
        """A copy of the project deploys nothing before somebody says so."""
        from lab.paths import REPOSITORY  # noqa: PLC0415  only here

        assert parse_deployments((REPOSITORY / "deployments.yaml").read_text()) == {}


class TestRefused:
    def test_a_stack_without_a_file(self, folder):
        with pytest.raises(ConfigError, match=r"shop: nosuch: a stack whose file Pulumi\.nosuch\.yaml"):
            read(folder, "shop: nosuch\n")

    def test_another_deployments_stack(self, folder):
        with pytest.raises(ConfigError, match="says `stagecoach:name: shop`"):
            read(folder, "shop: museum\n")

    def test_two_deployments_in_one_stack(self):
        with pytest.raises(ConfigError, match="one deployment a stack"):
            parse_deployments("shop: stage1\nmuseum: stage1\n")

    @pytest.mark.parametrize("text", ["- shop\n", "shop: 1\n", "shop: [a]\n", "shop"])
    def test_no_mapping_of_names(self, text):
        with pytest.raises(ConfigError, match="a mapping from deployments to stacks"):
            parse_deployments(text)

    def test_no_yaml(self):
        with pytest.raises(ConfigError, match=r"deployments\.yaml is not YAML"):
            parse_deployments("a: [")
