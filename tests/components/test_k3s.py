"""k3s on the server, and the provider of everything above it."""

import pytest
import yaml

from infra.versions import K3S_SHA256, K3S_VERSION
from tests.graphs import BUILT, exported, run, waits_for


class TestInstall:
    def test_runs_again_in_place(self):
        """The script is idempotent; a replacement would be the same script with a delete before."""
        inputs = run(1).inputs("k3s-install")
        assert inputs["update"] == inputs["create"]
        assert "triggers" not in inputs

    def test_the_release_by_default(self):
        """Version and checksum pinned; no mirror."""
        assert exported(run(1).inputs("k3s-install")["create"]) == {
            "SERVER_ID": "4711",
            "K3S_VERSION": K3S_VERSION,
            "K3S_URL": "",
            "K3S_SHA256": K3S_SHA256,
        }

    def test_another_release_is_checked_by_its_own_list(self):
        variables = exported(run(1, k3s={"version": "v1.35.9+k3s1"}).inputs("k3s-install")["create"])
        assert (variables["K3S_VERSION"], variables["K3S_SHA256"]) == ("v1.35.9+k3s1", "")

    def test_a_mirror(self):
        k3s = {"version": "v1.35.9+k3s1", "url": "https://mirror.example/k3s", "sha256": "0" * 64}
        variables = exported(run(1, k3s=k3s).inputs("k3s-install")["create"])
        assert (variables["K3S_URL"], variables["K3S_SHA256"]) == ("https://mirror.example/k3s", "0" * 64)

    def test_tokens_come_by_standard_input(self):
        """A process list shows arguments."""
        inputs = run(1).inputs("k3s-install")
        assert "generated-password" not in str({key: inputs[key] for key in ("create", "update")})
        assert yaml.safe_load(inputs["stdin"])["token"] == "generated-password"

    def test_agents_have_a_token_of_their_own(self):
        """Who takes over a Celery server must not be able to join as a server."""
        made = run(1)
        assert made.requests["k3s-token"].protect
        assert made.requests["k3s-agent-token"].protect


class TestKubeconfig:
    @pytest.mark.parametrize(("stage", "provider"), BUILT)
    def test_its_command_depends_on_nothing_of_a_stage(self, stage, provider):
        """A changed command has an unknown output in the preview: everything in the cluster would be in doubt."""
        inputs = run(stage, provider).inputs("k3s-kubeconfig")
        assert exported(inputs["create"]) == {"SERVER_ID": "4711", "EPOCH": "1"}
        assert inputs["create"] == run(1).inputs("k3s-kubeconfig")["create"]

    def test_the_epoch_renews_it(self):
        inputs = run(1, kubeconfig_epoch=2).inputs("k3s-kubeconfig")
        assert exported(inputs["update"])["EPOCH"] == "2"

    def test_is_not_logged(self):
        """The engine would print the administrator's key."""
        assert run(1).inputs("k3s-kubeconfig")["logging"] == "none"

    def test_is_read_after_the_installation(self):
        assert "k3s-install" in waits_for(run(1), "k3s-kubeconfig")


class TestProvider:
    def test_every_object_waits_for_it(self):
        made = run(1)
        assert [name for name in made.kubernetes() if "k3s-install" not in _before(made, name)] == []

    def test_applies_on_the_server_side(self):
        """A second update must not take fields from the autoscaler."""
        assert run(1).inputs("k3s-cluster")["enableServerSideApply"] in (True, "true")


def _before(made, name):
    provider = made.requests[name].provider.split("::")[-2]
    return waits_for(made, provider)
