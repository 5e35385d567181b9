"""What the manifests ask for is what the plan proved to fit, container by container."""

import pytest

from infra.names import SYSTEM_NAMESPACE
from tests.graphs import BUILT, pod_of, run
from tests.plans import stage_plan


def planned(plan):
    """Requests and limits by workload and container; k3s brings the system's own."""
    return {
        (one.name, made.name): (
            {
                "cpu": str(made.requests.cpu),
                "memory": str(made.requests.memory),
                "ephemeral-storage": str(made.disk.request),
            },
            {
                **({"cpu": str(made.limits.cpu)} if made.limits.cpu is not None else {}),
                "memory": str(made.limits.memory),
                "ephemeral-storage": str(made.disk.limit),
            },
        )
        for one in plan.workloads
        if one.namespace != SYSTEM_NAMESPACE
        for made in one.containers
    }


def rendered(made):
    found = {}
    for manifest in made.kubernetes().values():
        labels = manifest["metadata"].get("labels", {})
        for container in (pod_of(manifest) or {"containers": []})["containers"]:
            amounts = container["resources"]
            found[labels["app.kubernetes.io/name"], container["name"]] = amounts["requests"], amounts["limits"]
    return found


@pytest.mark.parametrize(("stage", "provider"), BUILT)
def test_every_container(stage, provider):
    """Neither side has one that the other lacks."""
    assert rendered(run(stage, provider)) == planned(stage_plan(stage, provider))
