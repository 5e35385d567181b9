"""What is refused by name where a deployment exists already."""

from dataclasses import replace

import pytest

from infra.errors import RefusedError
from infra.planner.against_past import keep_running, require_possible
from infra.stack_file.reader.parse import parse_config
from infra.versions import K3S_VERSION, VERSION
from tests.preflight.past import PAST
from tests.programs import CONFIG


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


class TestK3s:
    """Of a server that runs v1.34.12."""

    RUNS = replace(PAST, k3s_version="v1.34.12+k3s1")

    @pytest.mark.parametrize(
        "version", ["v1.34.12+k3s1", "v1.34.13+k3s1", "v1.34.3+k3s1", "v1.34.12+k3s2", "v1.35.9+k3s1"]
    )
    def test_a_patch_or_the_next_minor(self, version):
        """Back to an earlier patch, too: its datastore is the same."""
        require_possible(config(k3s={"version": version}), self.RUNS)

    def test_a_skipped_minor(self):
        with pytest.raises(RefusedError, match=r"can't be skipped\. Update to v1\.35\.9\+k3s1 first; docs/how-to"):
            require_possible(config(k3s={"version": "v1.36.5+k3s1"}), self.RUNS)

    def test_a_step_that_this_checkout_has_not(self):
        """1.32 would be refused, too: nobody is sent there."""
        words = r"Leave it out to keep v1\.31\.1\+k3s1: this checkout has no step from it"
        with pytest.raises(RefusedError, match=words):
            require_possible(config(k3s={"version": "v1.33.6+k3s1"}), replace(PAST, k3s_version="v1.31.1+k3s1"))

    def test_an_earlier_minor(self):
        with pytest.raises(RefusedError) as caught:
            require_possible(config(k3s={"version": "v1.33.6+k3s1"}), self.RUNS)
        said = str(caught.value)
        assert "stagecoach:k3s.version = v1.33.6+k3s1: v1.34.12+k3s1 runs here" in said
        assert "Name a release of 1.34 or 1.35, or leave it out to keep v1.34.12+k3s1" in said

    def test_beside_everything_else(self):
        with pytest.raises(RefusedError) as caught:
            require_possible(config(name="other", k3s={"version": "v1.36.5+k3s1"}), self.RUNS)
        assert [one.path for one in caught.value.problems] == ["stagecoach:name", "stagecoach:k3s.version"]

    def test_a_state_that_says_nothing_of_it(self):
        require_possible(config(k3s={"version": "v1.36.5+k3s1"}), PAST)

    def test_left_out_it_stays(self):
        """Whatever this checkout ships: no update of a checkout skips a minor."""
        assert keep_running(config(), self.RUNS).k3s.release == "v1.34.12+k3s1"
        require_possible(config(), replace(PAST, k3s_version="v1.19.5+k3s2"))
        assert keep_running(config(), replace(PAST, k3s_version="v1.19.5+k3s2")).k3s.release == "v1.19.5+k3s2"

    def test_named_it_changes(self):
        named = config(k3s={"version": "v1.35.9+k3s1"})
        assert keep_running(named, self.RUNS) == named

    def test_a_new_server_gets_what_is_shipped(self):
        assert keep_running(config(), None).k3s.release == K3S_VERSION
