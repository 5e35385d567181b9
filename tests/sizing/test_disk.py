"""The root disk's share of pods, and whether a server has room for it."""

import pytest

from infra.clouds import CLOUDS
from infra.sizing.build import ONE, container, with_scratch, without_disk, workload
from infra.sizing.disk import check_disk
from infra.sizing.node import SMALLEST_DISK_GB
from infra.units import Memory
from tests.graphs import BUILT
from tests.plans import stage_plan

FIELDS = {"web": "overrides.django.tmp_size", "worker": "overrides.pools.default.tmp_size"}


def of(name, scratch=0, **more):
    return workload(name, "Deployment", with_scratch(container(name, 50, 64, 64), scratch), **more)


def server():
    return stage_plan(1).server


class TestShare:
    def test_logs_alone(self):
        """The kubelet turns them over at 5 x 10 MiB, and looks every ten seconds."""
        disk = container("a", 1, 1, 1).disk
        assert (disk.request, disk.limit, disk.scratch) == (Memory.mib(64), Memory.mib(256), Memory(0))

    def test_folders_come_on_top(self):
        disk = with_scratch(container("a", 1, 1, 1), 100).disk
        assert (disk.request, disk.limit, disk.scratch) == (Memory.mib(64), Memory.mib(356), Memory.mib(100))

    def test_says_where_it_comes_from_once(self):
        fields = [one.field for one in with_scratch(container("a", 1, 1, 1), 100).reasons]
        assert [fields.count(f"{one}.disk") for one in ("requests", "limits", "scratch")] == [1, 1, 1]
        assert not [one for one in without_disk(container("a", 1, 1, 1)).reasons if "ephemeral" in one.field]

    def test_every_container_of_the_stack_has_one(self):
        """k3s's own manifests name none."""
        plan = stage_plan(5)
        without = {one.name for one in plan.workloads for part in one.containers if part.disk is None}
        assert without == {one.name for one in plan.system}


class TestNode:
    def test_no_type_has_a_smaller_disk(self):
        """A resized server keeps its first one, so that the smallest counts for all."""
        assert min(row.disk_gb for cloud in CLOUDS.values() for row in cloud.catalog.instance_types) == SMALLEST_DISK_GB

    def test_what_pods_may_request(self):
        """38146 MiB sold, 95 % shown, less the threshold of 8 % and 3 GiB."""
        shown = 38_146 * 95 // 100
        assert server().disk == Memory.mib(shown - shown * 8 // 100 - 3072)


class TestContract:
    def test_a_pod_that_is_full_leaves_the_others_alone(self):
        room = server().disk.whole_mib - 2 * 64 - 256 + 64
        assert check_disk(server(), [of("web", room), of("worker")], FIELDS).ok
        broken = check_disk(server(), [of("web", room + 1), of("worker")], FIELDS)
        assert (broken.ok, broken.name, broken.field) == (False, "ephemeral-storage/server", FIELDS["web"])

    def test_names_the_field_of_the_largest(self):
        assert check_disk(server(), [of("web"), of("worker", 99_999)], FIELDS).field == FIELDS["worker"]

    def test_other_servers_pods_are_not_counted(self):
        assert check_disk(server(), [of("web"), of("worker", 99_999, node_role="celery")], FIELDS).ok

    def test_a_node_takes_no_more_pods_than_the_kubelet(self):
        """However many there are on all Celery servers together."""
        many = ONE.__class__(min=1, planned=1, max=5000, surge=0)
        assert check_disk(server(), [of("worker", 100, replicas=many)], FIELDS).ok

    @pytest.mark.parametrize(("stage", "provider"), BUILT)
    def test_every_stage_keeps_it(self, stage, provider):
        checks = [one for one in stage_plan(stage, provider).checks if one.name.startswith("ephemeral-storage/")]
        assert len(checks) == len(stage_plan(stage, provider).nodes)
        assert all(one.ok for one in checks)
