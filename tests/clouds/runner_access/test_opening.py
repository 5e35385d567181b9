"""What is opened, and which names are to be closed."""

import pytest

from infra.clouds.runner_access.opening import LEFT_OVER_SECONDS, make_opening, to_close
from infra.errors import ConfigError

NOW = 1_800_000_000


class TestOpening:
    @pytest.mark.parametrize(
        ("address", "network"), [("8.8.8.8\n", "8.8.8.8/32"), ("2001:4860::1", "2001:4860::1/128")]
    )
    def test_one_address(self, address, network):
        made = make_opening("shop", "42", address, NOW)
        assert (made.network, made.name) == (network, f"stagecoach-runner-shop-42-{NOW}")

    @pytest.mark.parametrize("address", ["", "10.0.0.1", "127.0.0.1", "0.0.0.0", "0.0.0.0/0", "8.8.8.0/24", "<html>"])
    def test_nothing_else(self, address):
        """A network would let in the neighbours; a private address nobody."""
        with pytest.raises(ConfigError, match="--address"):
            make_opening("shop", "42", address, NOW)

    def test_every_problem_at_once(self):
        with pytest.raises(ConfigError) as caught:
            make_opening("shop", "main; true", "x", NOW)
        assert [one.path for one in caught.value.problems] == ["--address", "--run"]


class TestToClose:
    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            (f"stagecoach-runner-shop-42-{NOW}", True),
            (f"stagecoach-runner-shop-41-{NOW - 60}", False),  # another run is still at work
            (f"stagecoach-runner-shop-41-{NOW - LEFT_OVER_SECONDS - 1}", True),  # its runner died
            (f"stagecoach-runner-shop-two-42-{NOW}", False),
            ("shop", False),
            ("", False),
        ],
    )
    def test_own_and_left_over(self, name, expected):
        assert to_close(name, "shop", "42", NOW) is expected
