"""checkov's Kubernetes checks: what fails is mended, or stands in checkov-accepted.yaml with its reason."""

from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

from infra.stack_file.values.image_reference import parse_image
from tests.graphs import BUILT, EVERYTHING, pods, run
from tests.manifests.checkov import failures, install

pytestmark = pytest.mark.checkov

# What makes Kubernetes pull at every start (CKV_K8S_15): no tag, or this one, without a policy.
FLOATING = ("latest", "")
ACCEPTED = yaml.safe_load(Path(__file__).with_name("checkov-accepted.yaml").read_text())


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Failures of all stages; what runs in the cluster is the same on every cloud."""
    assert install() == 0
    manifests = {f"everything-{name}": one for name, one in run(2, **EVERYTHING).kubernetes().items()}
    for stage in sorted({stage for stage, _ in BUILT}):
        provider = next(one for number, one in BUILT if number == stage)
        optional = {"monitoring": {"grafana": True}} if stage > 1 else {}
        for name, manifest in run(stage, provider, **optional).kubernetes().items():
            manifests[f"stage{stage}-{name}"] = manifest
    return failures(manifests, tmp_path_factory.mktemp("checkov"))


def test_nothing_fails_unlisted(found):
    unlisted = [
        (check, resource)
        for check, resource in sorted(found)
        if not any(fnmatch(resource, pattern) for pattern in ACCEPTED.get(check, {}))
    ]
    assert unlisted == []


def test_no_stale_entry(found):
    """What was mended, or is gone, leaves the list."""
    stale = [
        (check, pattern)
        for check, patterns in ACCEPTED.items()
        for pattern in patterns
        if not any(check == one and fnmatch(resource, pattern) for one, resource in found)
    ]
    assert stale == []


def test_every_entry_has_a_reason():
    reasons = [reason for patterns in ACCEPTED.values() for reason in patterns.values()]
    assert [reason for reason in reasons if len(reason.split()) < 5] == []


@pytest.mark.parametrize("stage", sorted({stage for stage, _ in BUILT}))
def test_pods_start_while_a_registry_is_away(stage):
    """As CKV_K8S_15's reason says: every image has a version, and nobody asks for another policy."""
    provider = next(one for number, one in BUILT if number == stage)
    containers = [one for pod in pods(run(stage, provider)).values() for one in every_container(pod)]
    assert [one["name"] for one in containers if one.get("imagePullPolicy", "IfNotPresent") != "IfNotPresent"] == []
    assert [one["image"] for one in containers if parse_image(one["image"]).tag in FLOATING] == []


def every_container(pod):
    return [*pod["containers"], *pod.get("initContainers", [])]
