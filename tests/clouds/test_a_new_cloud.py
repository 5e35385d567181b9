"""CONTRIBUTING.md's list of files is all that a further cloud needs."""

import re

import pytest

from tests.checkouts import REPOSITORY, copy_program, infra

PAGE = (REPOSITORY / "CONTRIBUTING.md").read_text()
FILES = re.findall(r"^infra/clouds/NAME/(\S+)", PAGE, re.MULTILINE)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A checkout with a cloud that is Hetzner's under another name, made of the files that the page lists."""
    folder = copy_program(tmp_path_factory.mktemp("checkout"), "Pulumi.stage1.yaml", "Pulumi.stage2.yaml")
    clouds = folder / "infra" / "clouds"
    (clouds / "example").mkdir()
    for name in FILES:
        text = (clouds / "hetzner" / name).read_text().replace("hetzner", "example").replace("Hetzner", "Example")
        text = text.replace("HETZNER", "EXAMPLE").replace("HCLOUD_TOKEN", "EXAMPLE_TOKEN")
        (clouds / "example" / name).write_text(text)
    registry = clouds / "__init__.py"
    text = registry.read_text().replace(
        "from infra.clouds.hetzner", "from infra.clouds.example.facts import EXAMPLE\nfrom infra.clouds.hetzner", 1
    )
    registry.write_text(text.replace('    "vultr": VULTR,\n', '    "vultr": VULTR,\n    "example": EXAMPLE,\n', 1))
    stack = folder / "Pulumi.stage1.yaml"
    stack.write_text(stack.read_text().replace("stagecoach:provider: hetzner", "stagecoach:provider: example"))
    return folder


def test_the_page_lists_a_clouds_files():
    """Neither more nor less than those of the clouds that are there."""
    for cloud in ("hetzner", "vultr"):
        assert sorted(FILES) == sorted(path.name for path in (REPOSITORY / "infra/clouds" / cloud).glob("*.py"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("plan",), "Stage 1 on example"),
        (("plan", "--stage", "3", "--provider", "example"), "Stage 3 on example"),
        (("prices", "--provider", "example"), "example"),
        (("plan", "--customers", "300", "--provider", "example"), "Stage 2 on example"),
        (("diff", "--from", "1", "--to", "2"), "Example bills"),
    ],
)
def test_commands_know_it(checkout, words, said):
    done = infra(checkout, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert said in done.stdout


def test_a_wrong_provider_is_answered_with_it(checkout):
    done = infra(checkout, "plan", "--stage", "1", "--provider", "nowhere")
    assert done.returncode == 2
    assert "hetzner, digitalocean, vultr, example" in done.stdout + done.stderr


def test_the_program_builds_on_it(checkout):
    done = infra(checkout, "render", "Pulumi.stage1.yaml", "--to", "rendered")
    assert done.returncode == 0, done.stdout + done.stderr
    assert list((checkout / "rendered").rglob("*.yaml"))


def test_a_runner_is_told_which_token(checkout):
    done = infra(checkout, "doctor", "--stack", "stage1")
    assert "neither EXAMPLE_TOKEN nor hcloud:token is set" in done.stdout
