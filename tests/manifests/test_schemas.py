"""Every object that the program builds, for every provider and stage, against the published schemas."""

import kubernetes_validate
import pytest

from infra.versions import K3S_VERSION
from tests.graphs import BUILT, EVERYTHING, run

KUBERNETES = K3S_VERSION.removeprefix("v").rsplit(".", 1)[0]


def test_the_version_is_the_clusters():
    """k3s names Kubernetes' own version first."""
    assert KUBERNETES == "1.36"


def test_every_stage_of_hetzner_is_checked():
    """What is built is found by the program's own refusals: an empty list would pass."""
    assert {(stage, "hetzner") for stage in range(1, 5)} <= set(BUILT)


def test_what_is_off_by_default():
    """PgBouncer, the registry's password, a certificate: objects that no shipped stack file builds."""
    manifests = run(2, **EVERYTHING).kubernetes()
    assert {"pgbouncer-deployment", "registry"} <= manifests.keys()
    for manifest in manifests.values():
        kubernetes_validate.validate(manifest, KUBERNETES, strict=True)


@pytest.mark.parametrize(("stage", "provider"), BUILT)
class TestManifests:
    def test_are_valid(self, stage, provider):
        """Strict: unknown fields, missing ones and wrong types are errors."""
        for manifest in run(stage, provider).kubernetes().values():
            kubernetes_validate.validate(manifest, KUBERNETES, strict=True)

    def test_all_are_in_a_namespace_of_ours(self, stage, provider):
        """A forgotten one lands in `default`, where no policy and no quota holds."""
        cluster_wide = {"Namespace", "PriorityClass", "ClusterRole", "ClusterRoleBinding"}
        manifests = run(stage, provider).kubernetes().values()
        found = {one["metadata"].get("namespace") for one in manifests if one["kind"] not in cluster_wide}
        assert found == {"app", "monitoring"}

    def test_names_are_unique(self, stage, provider):
        """Two resources of one object would overwrite each other at every update."""
        seen = [
            (one["kind"], one["metadata"].get("namespace"), one["metadata"]["name"])
            for one in run(stage, provider).kubernetes().values()
            if "name" in one["metadata"]
        ]
        assert len(seen) == len(set(seen))
