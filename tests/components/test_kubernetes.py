"""What every pod has in common."""

import pytest

from infra.components import _kubernetes
from infra.names import CELERY_ROLE, ROLE_LABEL, SERVER_ROLE
from infra.sizing.build import container, with_scratch, without_disk, workload
from infra.sizing.number import Number
from tests.graphs import pods, run


class TestResources:
    def test_quantities(self):
        """Millicores and MiB, as the scheduler and `kubectl` show them."""
        made = _kubernetes.resources(container("worker", 400, 512, 768, cpu_limit=Number(800, "m")))
        assert made.requests == {"cpu": "400m", "memory": "512Mi", "ephemeral-storage": "64Mi"}
        assert made.limits == {"cpu": "800m", "memory": "768Mi", "ephemeral-storage": "256Mi"}

    def test_no_cpu_limit_is_no_key(self):
        """ADR 0002: an empty value would be a limit of nothing."""
        made = without_disk(container("django", 100, 176, 256))
        assert _kubernetes.resources(made).limits == {"memory": "256Mi"}
        assert _kubernetes.resources(made).requests == {"cpu": "100m", "memory": "176Mi"}

    def test_a_folder_is_as_large_as_the_plan_says(self):
        assert _kubernetes.scratch(with_scratch(container("web", 1, 1, 1), 512)) == "512Mi"
        with pytest.raises(ValueError, match="coredns has no share of the disk"):
            _kubernetes.scratch(without_disk(container("coredns", 1, 1, 1)))


class TestNodeSelector:
    def test_celery_servers(self):
        """k3s's node label."""
        selected = _kubernetes.node_selector(workload("w", "Deployment", node_role=CELERY_ROLE))
        assert selected == {ROLE_LABEL: "celery"}

    def test_none_on_the_server(self):
        """Where there is one node, a selector could only keep a pod from running."""
        assert _kubernetes.node_selector(workload("w", "Deployment", node_role=SERVER_ROLE)) is None


class TestEveryPod:
    def test_runs_as_a_number(self):
        """`runAsNonRoot` can't be checked for a user by name; none is root, none may become it."""
        users = {pod["securityContext"]["runAsUser"] for pod in pods(run(1)).values()}
        assert users == {999, 10001, 10003, 10004, 10005, 65534}
        assert {pod["securityContext"]["runAsNonRoot"] for pod in pods(run(1)).values()} == {True}

    @pytest.mark.parametrize("stage", [1, 5])
    def test_who_sees_the_hosts_processes_shares_its_user_with_nobody(self, stage):
        """/proc/PID/root and /proc/PID/environ are open to the same user."""
        made = pods(run(stage))
        users = [pod["securityContext"]["runAsUser"] for pod in made.values()]
        host = {pod["securityContext"]["runAsUser"] for pod in made.values() if pod.get("hostPID")}
        assert len(host) == 1
        assert [users.count(one) for one in host] == [1]

    @pytest.mark.parametrize("stage", [1, 5])
    def test_who_is_in_the_hosts_network_is_kept_from_the_metadata_service(self, stage):
        """base.sh closes it to users from 1000 on; below are the host's own."""
        users = [pod["securityContext"]["runAsUser"] for pod in pods(run(stage)).values() if pod.get("hostNetwork")]
        assert users
        assert min(users) >= 1000

    @pytest.mark.parametrize("stage", [1, 5])
    def test_has_a_bound_of_what_it_writes(self, stage):
        """Logs and folders without a volume fill the server's root disk, and then every pod there is evicted."""
        for name, pod in pods(run(stage)).items():
            for one in pod["containers"]:
                for kind in ("requests", "limits"):
                    assert "ephemeral-storage" in one["resources"][kind], f"{name}: {one['name']}"
            folders = [volume["emptyDir"] for volume in pod.get("volumes", []) if "emptyDir" in volume]
            assert all(one["sizeLimit"] for one in folders), name

    def test_owns_its_volumes_without_a_walk(self):
        """`Always` would change the owner of every file of the database at each start."""
        policies = {pod["securityContext"]["fsGroupChangePolicy"] for pod in pods(run(1)).values()}
        assert policies == {"OnRootMismatch"}
