"""Groups inside a guest, under both versions of cgroups; the folders are stand-ins."""

from lab.nodes.real.vps.guest.cgroup import create, hierarchies, processes


def stand_in(folder, **files):
    folder.mkdir(parents=True)
    (folder / "cgroup.procs").write_text("")
    for name, text in files.items():
        (folder / name.replace("_", ".", 1)).write_text(text)


def test_version_1_has_one_group_per_hierarchy(tmp_path):
    stand_in(tmp_path / "cpu")
    stand_in(tmp_path / "memory")
    assert hierarchies(tmp_path) == [tmp_path / "cpu", tmp_path / "memory"]
    made = create("system.slice/x.service", tmp_path)
    assert made == [tmp_path / name / "system.slice/x.service/cgroup.procs" for name in ("cpu", "memory")]


def test_version_2_shares_controllers_on_the_way_down(tmp_path):
    stand_in(tmp_path / "root", cgroup_controllers="memory\n", cgroup_subtree_control="")
    create("x.service", tmp_path / "root")
    assert (tmp_path / "root/cgroup.subtree_control").read_text() == "+memory"


def test_processes_of_all_levels(tmp_path):
    stand_in(tmp_path / "cpu")
    for name, text in (("a", "1\n2\n"), ("a/b", "3\n")):
        (tmp_path / "cpu" / name).mkdir()
        (tmp_path / "cpu" / name / "cgroup.procs").write_text(text)
    assert processes("a", tmp_path) == [1, 2, 3]
