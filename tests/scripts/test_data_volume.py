"""The data volume's script, run with stubs in place of what touches disks."""

import pytest

from infra.scripts import load
from tests.servers.stub_server import StubServer

MADE, MOUNTED = "mkfs.ext4 -q -L stagecoach -m 5", "systemctl enable --now var-lib-stagecoach.mount"
BLKID = """
case "$*" in *ambivalent*) exit 8 ;; esac
[ -e "$ROOT/file-system" ] || exit 2
case "$*" in *"-s UUID"*) echo 11d0-uuid ;; esac
"""
# A mount of a device shows its content in the folder; the bind mount of fstab is only remembered.
MOUNT = """
if [ $# -eq 1 ]; then touch "$ROOT/bound"
elif [ "$1" = -o ]; then test -L "$3"
else rmdir "$2" && ln -s "$ROOT/content" "$2"; fi
"""
UMOUNT = 'rm "$1" && mkdir "$1"'
MOUNTPOINT = """
case "$2" in */etc/rancher/node) test -e "$ROOT/bound" ;; *) test -L "$2" ;; esac
"""
SYSTEMCTL = """
case "$*" in "enable --now var-lib-stagecoach.mount") ln -sfn "$ROOT/content" "$ROOT/var/lib/stagecoach" ;; esac
"""


class Volume:
    """A server with a volume attached; without a file system until one is made."""

    def __init__(self, root):
        self.server = StubServer(root)
        self.root = root
        (root / "device").touch()
        self.content = root / "content"
        self.content.mkdir()
        bodies = {
            "blkid": BLKID,
            "mkfs.ext4": 'touch "$ROOT/file-system"; mkdir "$ROOT/content/lost+found"',
            "mount": MOUNT,
            "umount": UMOUNT,
            "blockdev": f"echo {40 << 30}",
            "mountpoint": MOUNTPOINT,
            "systemctl": SYSTEMCTL,
            "resize2fs": "",
            "tune2fs": "",
            "sleep": "",
        }
        for name, body in bodies.items():
            self.server.stub(name, body)

    def has(self, owner=None):
        """There is a file system, of another's or of ours."""
        (self.root / "file-system").touch()
        (self.content / "data").touch()
        if owner:
            (self.content / ".stagecoach-deployment").write_text(f"{owner}\n")
        return self

    def run(self, *, new, device="device"):
        variables = {"DEVICE": str(self.root / device), "DEPLOYMENT": "shop", "SIZE_GIB": "40"}
        return self.server.run(load("data_volume.sh"), VOLUME_IS_NEW="true" if new else "false", **variables)

    def called(self, word):
        return [call for call in self.server.calls if call.startswith(word)]

    @property
    def untouched(self):
        """Neither a file system was made nor a mount put in place."""
        return not self.called("mkfs") and not self.called("systemctl") and not self.called("resize2fs")


@pytest.fixture
def volume(tmp_path):
    return Volume(tmp_path)


class TestNewVolume:
    def test_gets_a_file_system_and_a_marker(self, volume):
        done = volume.run(new=True)
        assert done.returncode == 0, done.stderr
        assert volume.called("mkfs") == [f"{MADE} {volume.root}/device"]
        assert (volume.content / ".stagecoach-deployment").read_text() == "shop\n"

    def test_is_mounted_by_its_uuid(self, volume):
        volume.run(new=True)
        unit = (volume.root / "etc/systemd/system/var-lib-stagecoach.mount").read_text()
        assert "What=/dev/disk/by-uuid/11d0-uuid" in unit
        assert volume.called("systemctl") == ["systemctl daemon-reload", MOUNTED]

    def test_holds_the_node_password(self, volume):
        """k3s refuses a rebuilt server with a new one."""
        volume.run(new=True)
        mount = f"{volume.root}/var/lib/stagecoach/rancher-node {volume.root}/etc/rancher/node none"
        assert (volume.root / "etc/fstab").read_text() == f"{mount} bind,nofail 0 0\n"
        assert (volume.content / "rancher-node").is_dir()

    def test_a_server_that_would_not_boot_without_it_is_mended(self, volume):
        """The line of earlier releases goes, other lines stay, and a second run adds nothing."""
        mount = f"{volume.root}/var/lib/stagecoach/rancher-node {volume.root}/etc/rancher/node none"
        table = volume.root / "etc/fstab"
        table.parent.mkdir(parents=True, exist_ok=True)
        table.write_text(f"UUID=1 / ext4 defaults 0 1\n{mount} bind 0 0\n")
        for _ in range(2):
            assert volume.run(new=True).returncode == 0
            assert table.read_text() == f"UUID=1 / ext4 defaults 0 1\n{mount} bind,nofail 0 0\n"

    def test_an_interrupted_first_time_is_taken_up(self, volume):
        """Made, but the connection was lost before the marker was written."""
        (volume.root / "file-system").touch()
        (volume.content / "lost+found").mkdir()
        done = volume.run(new=True)
        assert done.returncode == 0, done.stderr
        assert volume.called("mkfs") == []
        assert (volume.content / ".stagecoach-deployment").read_text() == "shop\n"

    def test_with_data_of_somebody_is_refused(self, volume):
        """`create` runs again when the resource was lost from the state: what is there is never formatted."""
        done = volume.has().run(new=True)
        assert done.returncode == 1
        assert "belongs to deployment '', not to 'shop'" in done.stderr
        assert volume.untouched


class TestUpdate:
    def test_grows_the_file_system(self, volume):
        done = volume.has("shop").run(new=False)
        assert done.returncode == 0, done.stderr
        assert volume.called("mkfs") == []
        assert volume.called("resize2fs") == [f"resize2fs {volume.root}/device"]

    def test_a_growth_that_failed_is_said(self, volume):
        """The state has the planned size, so no later update would find a difference (ADR 0021)."""
        volume.server.stub("blockdev", f"echo {20 << 30}")
        done = volume.has("shop").run(new=False)
        assert done.returncode == 1
        assert "the data volume has 20 GiB, not 40: its growth failed" in done.stderr
        assert "pulumi refresh --yes --skip-preview --target '**::server-data'" in done.stderr
        assert volume.called("resize2fs"), "what there is, is mounted and whole"

    @pytest.mark.parametrize("size", [40 << 30, 40 * 10**9])
    def test_a_size_in_either_unit_will_do(self, volume, size):
        volume.server.stub("blockdev", f"echo {size}")
        assert volume.has("shop").run(new=False).returncode == 0

    def test_the_kernel_may_see_the_new_size_later(self, volume):
        """The file system grows once it does."""
        seen = f'if [ -e "$ROOT/seen" ]; then echo {40 << 30}; else touch "$ROOT/seen"; echo {20 << 30}; fi'
        volume.server.stub("blockdev", seen)
        assert volume.has("shop").run(new=False).returncode == 0
        calls = [call.split()[0] for call in volume.server.calls]
        assert calls.index("sleep") < calls.index("resize2fs")

    def test_keeps_a_reserve_for_the_data_services(self, volume):
        """On volumes of earlier releases, too, while they are mounted; after the next boot by the unit."""
        assert volume.has("shop").run(new=False).returncode == 0
        assert volume.called("tune2fs") == [f"tune2fs -m 5 {volume.root}/device"]
        assert volume.called("mount -o") == [f"mount -o remount,resgid=999 {volume.root}/var/lib/stagecoach"]
        unit = (volume.root / "etc/systemd/system/var-lib-stagecoach.mount").read_text()
        assert "Options=defaults,noatime,resgid=999\n" in unit

    def test_again_changes_nothing(self, volume):
        volume.has("shop").run(new=False)
        before = (volume.root / "etc/fstab").read_text()
        volume.server.forget()
        assert volume.run(new=False).returncode == 0
        assert (volume.root / "etc/fstab").read_text() == before
        assert [call for call in volume.called("mount ") if "rancher" in call] == []

    def test_never_makes_a_file_system(self, volume):
        done = volume.run(new=False)
        assert done.returncode == 1
        assert "has no file system, but was not created by this update" in done.stderr
        assert volume.untouched

    def test_another_deployments_volume_is_refused(self, volume):
        """And it is not mounted: k3s asks only whether a marker is there."""
        done = volume.has("other").run(new=False)
        assert done.returncode == 1
        assert "belongs to deployment 'other', not to 'shop'" in done.stderr
        assert volume.untouched
        assert not (volume.root / "var/lib/stagecoach").exists()


class TestDoubt:
    @pytest.mark.parametrize("new", [True, False])
    def test_what_blkid_cannot_read_is_not_formatted(self, volume, new):
        """Exit code 8, ambivalent, is not 2, nothing found."""
        (volume.root / "ambivalent").touch()
        done = volume.run(new=new, device="ambivalent")
        assert done.returncode == 1
        assert "(exit code 8)" in done.stderr
        assert volume.untouched

    def test_a_volume_that_is_not_attached(self, volume):
        """Waited for, then named."""
        done = volume.run(new=True, device="missing")
        assert done.returncode == 1
        assert "missing is not attached" in done.stderr
        assert len(volume.called("sleep")) == 60
        assert volume.untouched
