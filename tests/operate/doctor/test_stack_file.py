"""The stack file, and what in it can't be meant."""

from pathlib import Path

import pytest

from infra.operate.doctor.stack_file import read_stack_file
from tests.operate.doctor.fakes import brief, said

REPOSITORY = Path(__file__).resolve().parents[3]
TEXT = """config:
  stagecoach:name: shop
  stagecoach:provider: hetzner
  stagecoach:region: nbg1
  stagecoach:stage: 2
  stagecoach:image: registry.example/shop:1
  stagecoach:admin_cidrs: [{cidr}]
"""


@pytest.fixture
def read(tmp_path):
    def made(text):
        path = tmp_path / "Pulumi.stage2.yaml"
        path.write_text(text)
        return read_stack_file(path)

    return made


def test_good(read):
    made = read(TEXT.format(cidr="8.8.8.8/32"))
    assert brief(made.checks) == [("stack file", "ok"), ("plan", "ok"), ("admin_cidrs", "ok")]
    assert made.config.stage == 2
    assert made.error is None


def test_shipped_files_are_examples():
    """Whoever deploys one as it is can't reach the server, and neither can pulumi."""
    made = read_stack_file(REPOSITORY / "Pulumi.stage1.yaml")
    assert brief(made.checks)[2:] == [("admin_cidrs", "missing"), ("image", "warning")]


@pytest.mark.parametrize("cidr", ["203.0.113.7/32", "198.51.100.0/25", "'2001:db8:1::/48'"])
def test_example_networks(read, cidr):
    assert brief(read(TEXT.format(cidr=cidr)).checks)[2] == ("admin_cidrs", "missing")


def test_a_wider_network_is_no_example(read):
    assert brief(read(TEXT.format(cidr="203.0.112.0/23")).checks)[2] == ("admin_cidrs", "ok")


@pytest.mark.parametrize("text", ["", "config: [", "config: {}\n", "\x00"])
def test_unusable(read, text):
    made = read(text)
    assert made.error is not None
    assert brief(made.checks) == [("stack file", "missing")]


def test_a_secret_is_missing(read):
    registry = "  stagecoach:registry: {server: registry.example, username: shop}\n"
    made = read(TEXT.format(cidr="8.8.8.8/32") + registry)
    assert "registry_password" in str(made.error)


def test_a_plan_that_does_not_fit(read):
    """The file is right, its wishes are not: no error, and the way to see them."""
    made = read(TEXT.format(cidr="8.8.8.8/32") + "  stagecoach:instance_type: cx23\n")
    assert brief(made.checks)[1] == ("plan", "missing")
    assert "python -m infra plan" in said(made.checks)
    assert made.error is None
