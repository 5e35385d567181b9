"""Only the server's own disks are ever stopped; the cut itself: test_server.py."""

import os

import pytest

from lab.nodes.real.vps.power_cut import ext4_mounts, shut_down

MOUNTINFO = """\
22 27 0:21 / /proc rw,relatime - proc proc rw
91 90 7:0 / / rw,noatime - ext4 /dev/loop0 rw
92 91 7:1 / /var/lib/with\\040space rw - ext4 /dev/sdb rw
93 91 7:1 /rancher-node /etc/rancher/node rw - ext4 /dev/sdb rw
"""


def test_ext4_mounts():
    expected = [("7:0", "/"), ("7:1", "/var/lib/with space"), ("7:1", "/etc/rancher/node")]
    assert ext4_mounts(MOUNTINFO) == expected


def test_a_device_that_is_no_loop_device_is_refused(tmp_path):
    """Stopping this machine's own disk would be its end."""
    with pytest.raises(ValueError, match="is no loop device"):
        shut_down(os.getpid(), ["/dev/null"])


def test_without_devices_nothing_is_stopped():
    assert shut_down(os.getpid(), []) == []
