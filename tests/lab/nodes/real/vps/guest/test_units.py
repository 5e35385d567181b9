"""Unit files as systemd reads them."""

import pytest

from lab.nodes.real.vps.guest.units import Unit, command, from_fstab, full_name, load, mount_name, parse, timespan

TEXT = """\
# comment
[Unit]
After=one.service two.service
After=three.service

[Service]
ExecStart=/bin/program \\
    --flag
Environment=A=1
Environment=
Environment=B=2
; another comment
"""


class TestParse:
    def test_values_add_up_and_an_empty_one_resets(self):
        unit = Unit(name="x.service", sections=parse(TEXT))
        assert unit.words("Unit", "After") == ["one.service", "two.service", "three.service"]
        assert unit.values("Service", "Environment") == ["B=2"]

    def test_continued_lines(self):
        assert command(parse(TEXT)["Service"]["ExecStart"][0]) == (False, ["/bin/program", "--flag"])

    def test_what_is_no_assignment_is_refused(self):
        with pytest.raises(ValueError, match="not an assignment: nonsense"):
            parse("[Unit]\nnonsense\n")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("5s", 5), ("1min 30s", 90), ("90", 90), ("100ms", 0.1), ("0", None), ("infinity", None)],
)
def test_timespan(text, seconds):
    assert timespan(text) == seconds


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/var/lib/stagecoach", "var-lib-stagecoach.mount"),
        ("/etc/rancher/node/", "etc-rancher-node.mount"),
        ("/mnt/my-disk", "mnt-my\\x2ddisk.mount"),
        ("/", "-.mount"),
    ],
)
def test_mount_name(path, name):
    assert mount_name(path) == name


def test_fstab():
    lines = "# c\n/a/b /etc/b none bind 0 0\n/dev/x / ext4 defaults 0 1\n/dev/y /y ext4 noauto 0 0\n"
    assert [unit.name for unit in from_fstab(lines)] == ["etc-b.mount"]


def test_a_dash_ignores_failure():
    assert command("-/sbin/modprobe overlay") == (True, ["/sbin/modprobe", "overlay"])


def test_a_name_without_a_kind_is_a_service():
    assert [full_name("k3s"), full_name("var-lib-stagecoach.mount")] == ["k3s.service", "var-lib-stagecoach.mount"]


class TestLoad:
    def test_the_first_folder_wins(self, tmp_path):
        for name in ("etc", "usr"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "x.service").write_text(f"[Unit]\nDescription={name}\n")
        found = load("x.service", (tmp_path / "etc", tmp_path / "usr"), tmp_path / "fstab")
        assert found.description == "etc"

    def test_fstab_comes_last(self, tmp_path):
        (tmp_path / "fstab").write_text("/a /b none bind 0 0\n")
        assert load("b.mount", (tmp_path,), tmp_path / "fstab").last("Mount", "What") == "/a"
        assert load("c.mount", (tmp_path,), tmp_path / "fstab") is None
