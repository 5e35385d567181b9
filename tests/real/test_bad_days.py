"""What happens to a real server: a killed process, a power cut, a boot without its volume.  It comes back by itself."""

from pathlib import Path

import pytest

from tests.waiting import PATIENCE, wait

pytestmark = pytest.mark.vps


def restarts(shop, name):
    """Of all containers of a workload's pods."""
    found = [pod for pod in shop.pods() if pod["metadata"].get("labels", {}).get("app.kubernetes.io/name") == name]
    return sum(one["restartCount"] for pod in found for one in pod["status"].get("containerStatuses", []))


def orders(shop):
    return int(shop.sql("select count(*) from orders_order"))


def test_a_killed_worker_is_started_again(shop, vps, browser):
    """And takes the next order's mail."""
    before = restarts(shop, "celery-worker")
    done = vps.run("pkill", "-KILL", "-o", "-f", "celery -A stagecoach_celery worker")
    assert done.returncode == 0, done.stderr
    wait(lambda: restarts(shop, "celery-worker") > before, "the restart", PATIENCE)
    browser.order(email="after-the-kill@example.com")
    wait(lambda: shop.mails("after-the-kill@example.com"), "the mail", PATIENCE)


def test_a_power_cut_loses_no_order(shop, vps, browser):
    """Orders that were confirmed are there, and so are tasks that nobody had taken yet."""
    shop.kubectl("scale", "-n", "app", "deployment/celery-worker", "--replicas=0")
    wait(lambda: "celery-worker" not in str([pod["metadata"]["name"] for pod in shop.pods()]), "no worker", PATIENCE)
    for number in range(3):
        assert "98.00 EUR" in browser.order(quantity=2, email=f"cut-{number}@example.com")
    shop.kubectl("scale", "-n", "app", "deployment/celery-worker", "--replicas=1")
    before = orders(shop)
    vps.cut()
    assert browser.status("/healthz") == 0
    vps.power_on()
    wait(browser.is_open, "the shop", PATIENCE)
    assert orders(shop) == before
    for number in range(3):
        assert wait(lambda number=number: shop.mails(f"cut-{number}@example.com"), "the mail", PATIENCE)


def test_without_its_volume_k3s_does_not_start(shop, vps, browser):
    """An empty cluster on the root disk would be worse than none; with the volume all is as before."""
    before = orders(shop)
    [volume] = [(Path(one.image), one.link) for one in vps.record.volumes]
    vps.power_off()
    vps.detach(volume[0])
    vps.power_on()
    try:
        wait(lambda: vps.run("systemctl", "is-active", "ssh").stdout.strip() == "active", "SSH", PATIENCE)
        assert vps.run("systemctl", "is-active", "k3s").stdout.strip() != "active"
        assert vps.run("test", "-e", "/var/lib/stagecoach/k3s").returncode != 0
    finally:
        vps.power_off()
        vps.attach(*volume)
        vps.power_on()
    wait(browser.is_open, "the shop", PATIENCE)
    assert orders(shop) == before
