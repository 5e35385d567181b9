"""A server with the wrong volume, and a new server on the old one."""

from pathlib import Path

import pytest

from lab.clouds.hetzner import HetznerCloud
from lab.nodes.real.vps.commands import run
from lab.nodes.real.vps.machines import RealMachines
from tests.docs.shell import play
from tests.real.reader import reader
from tests.real.shop import REPOSITORY
from tests.waiting import PATIENCE, wait

pytestmark = pytest.mark.vps

PAGE = REPOSITORY / "docs/how-to/lost-server.md"
MOUNT_POINT = "/var/lib/stagecoach"


@pytest.fixture
def own(vps):
    """The shop's volume; it is back in the server when the test has ended, however it did."""
    [volume] = [(Path(one.image), one.link) for one in vps.record.volumes]
    yield volume
    if [one.image for one in vps.record.volumes] != [str(volume[0])]:
        swap(vps, volume)


def swap(vps, volume):
    """As somebody does it in the cloud's console: off, another volume in, on."""
    vps.power_off()
    for one in vps.record.volumes:
        vps.detach(Path(one.image))
    vps.attach(*volume)
    vps.power_on()
    wait(lambda: vps.run("systemctl", "is-active", "ssh").stdout.strip() == "active", "SSH", PATIENCE)


def blank(path):
    """A volume as it is sold."""
    with path.open("wb") as image:
        image.truncate(64 * 2**20)
    return path


def of_another_shop(folder):
    """With a file system, another deployment's marker and something in k3s's folder."""
    path = blank(folder / "other.img")
    content = folder / "content"
    (content / "k3s").mkdir(parents=True)
    (content / "k3s/theirs").write_text("theirs")
    (content / ".stagecoach-deployment").write_text("other\n")
    run("mkfs.ext4", "-q", "-d", str(content), str(path))
    return path


def content(image):
    """What lies on a volume: its kind, and names with sizes and times."""
    kind = run("blkid", "-p", str(image), check=False).stdout
    return [kind, *(run("debugfs", "-R", f"ls -l {path}", str(image), check=False).stdout for path in ("/", "/k3s"))]


def count(shop):
    return int(shop.sql("select count(*) from orders_order"))


def refusal(shop):
    """What an update says that must fail; one line."""
    done = shop.update()
    assert done.returncode != 0
    return " ".join((done.stdout + done.stderr).split())


def test_with_a_foreign_volume_k3s_does_not_start(shop, vps, own, browser, tmp_path):
    """Neither on a blank one nor on another shop's; nothing is written to it, and the update names it."""
    browser.order(email="foreign@example.com")
    before, size = count(shop), own[0].stat().st_size // 2**30
    shop.configure(volume_size_gib=size + 1)  # an update that has to look at the volume
    for image, why in (
        (blank(tmp_path / "blank.img"), "has no file system, but was not created by this update: it may hold data."),
        (of_another_shop(tmp_path), "the volume belongs to deployment 'other', not to 'shop'."),
    ):
        before_look = content(image)
        swap(vps, (image, own[1]))
        assert vps.run("systemctl", "is-active", "k3s").stdout.strip() != "active"
        said = vps.run("journalctl", "-u", "var-lib-stagecoach.mount").stdout.splitlines()[-1]
        assert "Timed out waiting for device /dev/disk/by-uuid/" in said
        assert vps.run("test", "-e", f"{MOUNT_POINT}/k3s").returncode != 0
        assert browser.status("/healthz") == 0
        assert f"{why} Nothing was done." in refusal(shop)
        vps.power_off()
        assert content(image) == before_look
    swap(vps, own)
    wait(browser.is_open, "the shop", PATIENCE)
    assert count(shop) == before
    done = shop.update()
    assert done.returncode == 0, done.stdout[-4000:]


def lose(shop, vps):
    """The provider's side of a lost server: as a power cut, and then it is not in the account any more."""
    vps.cut()
    shop.lab.down()
    cloud = HetznerCloud(shop.lab.root, RealMachines(shop.lab.root))
    [server] = cloud.store.all("server")
    cloud.patch("server", server, deleteProtection=False)
    cloud.delete("server", server)
    shop.lab.daemon.start()


def test_a_new_server_on_the_old_volume(shop, vps, browser, tmp_path):
    """By the page of the documentation, word by word: every order is there, and tasks that nobody had taken."""
    shop.kubectl("scale", "-n", "app", "deployment/celery-worker", "--replicas=0")
    wait(lambda: "celery-worker" not in str([one["metadata"]["name"] for one in shop.pods()]), "no worker")
    browser.order(email="lost@example.com")
    shop.kubectl("scale", "-n", "app", "deployment/celery-worker", "--replicas=1")
    before, address = count(shop), shop.url
    lose(shop, vps)
    assert not vps.folder.exists()
    play(PAGE, reader(shop, tmp_path))
    assert shop.url == address
    wait(browser.is_open, "the shop", PATIENCE)
    assert count(shop) == before
    assert wait(lambda: shop.mails("lost@example.com"), "the mail", PATIENCE)
    done = shop.update()
    assert done.returncode == 0, done.stdout[-4000:]
