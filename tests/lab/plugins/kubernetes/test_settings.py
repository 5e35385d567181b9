"""The provider's configuration, as the engine sends it."""

import pytest

from lab.plugins.kubernetes.settings import Settings
from lab.plugins.package import PluginError


class TestSettings:
    def test_are_texts_or_truth_values(self):
        read = Settings.read({"enablePatchForce": True, "upsertExistingObjects": "true", "deleteUnreachable": "false"})
        assert read == Settings(patch_force=True, upsert=True)

    def test_client_side_apply_is_not_played(self):
        with pytest.raises(PluginError, match="server-side apply only"):
            Settings.read({"enableServerSideApply": "false"})

    def test_the_process_variables_count_where_the_program_says_nothing(self, monkeypatch):
        """`pulumi refresh` and `destroy` run no program."""
        monkeypatch.setenv("PULUMI_K8S_DELETE_UNREACHABLE", "true")
        assert Settings.read({}).delete_unreachable
        assert not Settings.read({"deleteUnreachable": "false"}).delete_unreachable
