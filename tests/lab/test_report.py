"""What `make up` ends with."""

import pytest

from lab.report import _which


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
