"""What `make up` ends with."""

import pytest
from rich.console import Console

from lab.report import _print_shop, _which


class TestWhich:
    @pytest.mark.parametrize(
        ("lab", "provider", "expected"),
        [
            ("hetzner", "hetzner", ""),
            ("vultr", "vultr", " PROVIDER=vultr"),
            ("mine", "hetzner", " LAB_NAME=mine"),
            ("mine", "vultr", " PROVIDER=vultr LAB_NAME=mine"),
        ],
    )
    def test_commands_name_the_lab_that_they_mean(self, lab, provider, expected):
        """Nothing where it is the default one."""
        assert _which(lab, provider) == expected


class TestShop:
    @pytest.fixture
    def printed(self, tmp_path, capsys):
        def print_it(*, is_open):
            outputs = {"url": "http://192.0.2.7"}
            _print_shop(Console(width=200), tmp_path, outputs, " PROVIDER=vultr", is_open=is_open)
            return capsys.readouterr().out

        return print_it

    def test_open(self, printed):
        assert printed(is_open=True).splitlines()[:2] == [
            "The shop is open: http://192.0.2.7      (make url PROVIDER=vultr)",
            "  make logs PROVIDER=vultr POD=celery-worker      make loadtest PROVIDER=vultr",
        ]

    def test_not_said_of_one_that_does_not_answer(self, printed):
        said = printed(is_open=False)
        assert "is open" not in said
        assert "The shop does not answer: http://192.0.2.7" in said
        assert "make logs PROVIDER=vultr POD=django" in said
