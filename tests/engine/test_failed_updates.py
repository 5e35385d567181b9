"""A move whose resize fails, on the real engine: no pod of the next stage comes to the old server."""

import os

import pytest

from lab.plugins.faults import Fault
from tests.engine.deployment import Deployment
from tests.engine.servers_only import size
from tests.plans import REGIONS

pytestmark = pytest.mark.engine

WORKER = "/apis/apps/v1/namespaces/app/deployments/celery-worker"


@pytest.fixture(scope="module", params=sorted(REGIONS))
def deployment(request):
    """Stage 1, as its first update left it: at Vultr with a server that was locked when it was new."""
    made = Deployment(f"failed-{request.param}-{os.getpid()}", request.param)
    made.up()
    yield made
    made.close()


def worker(deployment):
    """The image, requests and limits of the worker's pods."""
    return deployment.api().get(WORKER)["spec"]["template"]["spec"]["containers"]


def up(deployment):
    return deployment.pulumi("up", "--yes", "--skip-preview", "--suppress-outputs")


class TestFailedResize:
    @pytest.fixture(scope="class")
    @classmethod
    def failed(cls, deployment):
        """The move to stage 2, whose first request for the server is answered with 503; then an update by hand."""
        before = size(deployment), worker(deployment), deployment.resources()
        deployment.configure(stage=2)
        deployment.lab.faults.add(Fault(operation="update", match="::server-server"))
        done = up(deployment)
        assert done.returncode != 0
        assert "injected fault: the API answered 503" in done.stdout
        return before, up(deployment)

    def test_no_pod_of_the_next_stage_is_on_the_old_server(self, deployment, failed):
        """Hetzner's plugin keeps the old size, so that the update simply goes on; the others keep the planned one."""
        (old, pods, _), again = failed
        if deployment.provider == "hetzner":
            assert again.returncode == 0, again.stdout[-3000:]
            assert size(deployment) != old
        else:
            assert again.returncode != 0
            assert "the state is not what the provider has; nothing was touched" in again.stdout
            assert (size(deployment), worker(deployment)) == (old, pods)

    def test_the_printed_command_and_the_next_update_repair_it(self, deployment, failed):
        (old, pods, ids), again = failed
        assert deployment.run_printed(again) == (0 if deployment.provider == "hetzner" else 1)
        deployment.up()
        assert size(deployment) != old
        assert worker(deployment) != pods
        assert deployment.preview() == []
        after = deployment.resources()
        kept = {urn for urn in ids if urn.endswith(("::server-server", "::server-data", "::server-address"))}
        assert {urn: ids[urn] for urn in kept} == {urn: after[urn] for urn in kept}
        assert set(deployment.pods()) <= {"Running", "Succeeded"}
