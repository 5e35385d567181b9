"""Which lab a command means."""

import pytest
from typer.testing import CliRunner

import lab.__main__ as command


@pytest.fixture
def labs(monkeypatch):
    """Names of the labs that were opened, and what was asked of them."""
    asked = []

    class Lab:
        def __init__(self, name):
            self.name = name

        def up(self, stack, provider):
            asked.append((self.name, stack, provider))
            return 0

        def down(self):
            asked.append((self.name, "down"))

        def dns(self, host, *, forget):
            asked.append((self.name, host, forget))

    monkeypatch.setattr(command, "Lab", Lab)
    return asked


@pytest.mark.parametrize(("more", "forget"), [([], False), (["--forget"], True)])
def test_a_name_of_a_labs_own_dns(labs, more, forget):
    done = CliRunner().invoke(command.app, ["--name", "mine", "dns", "shop.example.test", *more])
    assert (done.exit_code, labs) == (0, [("mine", "shop.example.test", forget)])


class TestName:
    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            (["up"], ("hetzner", "stage1", "hetzner")),
            (["up", "--provider", "vultr"], ("vultr", "stage1", "vultr")),
            (["--name", "mine", "up", "--provider", "vultr", "--stack", "stage2"], ("mine", "stage2", "vultr")),
            (["down"], ("hetzner", "down")),
            (["--name", "vultr", "down"], ("vultr", "down")),
        ],
    )
    def test_another_provider_is_another_lab(self, labs, arguments, expected):
        assert CliRunner().invoke(command.app, arguments).exit_code == 0
        assert labs == [expected]
