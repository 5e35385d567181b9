"""What is refused by name where a deployment exists already."""

from dataclasses import replace

import pytest

from infra.config.against_past import require_possible
from infra.config.parse import parse_config
from infra.errors import RefusedError
from infra.versions import VERSION
from tests.config.past import PAST
from tests.test_program import CONFIG


def config(**changes):
    more = {f"stagecoach:{key}": value for key, value in changes.items()}
    return parse_config({**CONFIG, "stagecoach:stage": 1, **more}, title="cannot be used")


class TestPossible:
    def test_a_first_update_may_go_anywhere(self):
        require_possible(config(volume_size_gib=10), None)

    def test_the_same_place_and_a_larger_volume(self):
        require_possible(config(stage=2, volume_size_gib=60), PAST)

    def test_a_smaller_stage(self):
        """Its volume is smaller by default: that is kept, not refused."""
        require_possible(config(stage=1), PAST)

    def test_a_state_without_a_version(self):
        require_possible(config(), replace(PAST, version=""))


class TestRefused:
    def test_names_everything_at_once(self):
        moved = config(name="other", region="fsn1", volume_size_gib=50)
        with pytest.raises(RefusedError) as caught:
            require_possible(moved, PAST)
        paths = [problem.path for problem in caught.value.problems]
        assert paths == ["stagecoach:name", "stagecoach:region", "stagecoach:volume_size_gib"]
        assert "stagecoach:region = fsn1: nbg1, where this stack's server stands" in str(caught.value)
        assert "stagecoach:volume_size_gib = 50: at least 60" in str(caught.value)

    def test_another_provider(self):
        with pytest.raises(RefusedError, match="stagecoach:provider = vultr: hetzner, where"):
            require_possible(config(provider="vultr", region="fra"), PAST)

    @pytest.mark.parametrize("built_by", ["0.1.1", "0.2.0", "1.0.0", "0.10.0"])
    def test_an_older_program(self, built_by):
        with pytest.raises(RefusedError, match=f"stagecoach's version = {VERSION}: at least {built_by}"):
            require_possible(config(), replace(PAST, version=built_by))
