"""Limits are written where the machine's version of cgroups expects them; the folders are stand-ins."""

import pytest

from lab.machines import visible_bytes
from lab.nodes.real.vps.cgroups import CGROUP_2, Cgroup, Hierarchy, hierarchies
from lab.nodes.real.vps.server import Size

SIZE = Size(vcpu=2, memory_mib=4096, disk_gb=40)
BYTES = str(visible_bytes(SIZE))
MOUNTINFO_1 = """\
38 30 0:33 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
39 30 0:34 / /sys/fs/cgroup/systemd rw,relatime - cgroup systemd rw,xattr,release_agent=/x,name=systemd
40 30 0:35 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate
41 30 0:36 / / rw,relatime - ext4 /dev/vda rw
"""
MOUNTINFO_2 = "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"


class TestHierarchies:
    def test_version_1_is_mounted_again_as_it_is(self):
        cgroup = Cgroup("stagecoach-x", hierarchies(MOUNTINFO_1))
        assert cgroup.mounts() == [
            "cpu,cpuacct cgroup cpu,cpuacct",
            "systemd cgroup none,name=systemd",
            "unified cgroup2",
        ]

    def test_version_2_is_mounted_at_the_root(self):
        assert Cgroup("stagecoach-x", hierarchies(MOUNTINFO_2)).mounts() == [". cgroup2"]


def stand_in(root, files):
    root.mkdir()
    for name, text in files.items():
        (root / name).write_text(text)
    return root


class TestLimits:
    def test_version_2(self, tmp_path):
        root = stand_in(tmp_path / "unified", {"cgroup.controllers": "cpu memory", "cgroup.subtree_control": ""})
        cgroup = Cgroup("guest", [Hierarchy(mount=root, version=CGROUP_2, controllers=frozenset(), options="")])
        names = ("cpu.max", "memory.max", "memory.swap.max")
        stand_in(root / "guest", dict.fromkeys(names, "max"))
        cgroup.create(SIZE)
        assert [(root / "guest" / name).read_text() for name in names] == ["200000 100000", BYTES, "0"]
        assert (root / "cgroup.subtree_control").read_text() == "+memory"

    def test_version_1(self, tmp_path):
        root = stand_in(tmp_path / "all", {"cpuset.cpus": "0-7\n", "cpuset.mems": "0\n"})
        controllers = frozenset({"cpu", "cpuset", "memory"})
        cgroup = Cgroup("guest", [Hierarchy(mount=root, version=1, controllers=controllers, options="")])
        names = ("cpu.cfs_period_us", "cpu.cfs_quota_us", "memory.limit_in_bytes", "cpuset.cpus", "cpuset.mems")
        stand_in(root / "guest", dict.fromkeys((*names, "cgroup.clone_children"), ""))
        cgroup.create(SIZE)
        written = [(root / "guest" / name).read_text().strip() for name in names]
        assert written == ["100000", "200000", BYTES, "0-7", "0"]

    @pytest.mark.parametrize(
        ("files", "stat"),
        [
            ({"memory.current": "900"}, "anon 300\nfile 500\nshmem 100\ninactive_file 150\n"),
            ({"memory.usage_in_bytes": "900"}, "cache 1\ntotal_cache 500\ntotal_shmem 100\ntotal_inactive_file 150\n"),
        ],
    )
    def test_shared_memory_is_no_cache_that_can_be_given_back(self, tmp_path, files, stat):
        stand_in(tmp_path / "guest", {**files, "memory.stat": stat})
        hierarchy = Hierarchy(mount=tmp_path, version=1, controllers=frozenset(), options="")
        assert Cgroup("guest", [hierarchy]).memory() == (500, 400, 150)


def test_a_4_gb_server_shows_what_the_smallest_real_one_does():
    assert visible_bytes(SIZE) == 4096 * 1024 * 1024 * 931 // 1000
