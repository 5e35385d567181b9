"""What is remembered of a server."""

from pathlib import Path

import pytest

from lab.nodes.real.vps.record import Record, load
from lab.nodes.real.vps.server import Size

RECORD = Record(name="shop", size=Size(vcpu=2, memory_mib=4096, disk_gb=40), public_ip="127.64.1.10")


def test_what_is_saved_is_loaded(tmp_path):
    record, _volume = RECORD.with_volume(Path("/x/volume.img"), "/dev/disk/by-id/x")
    record.save(tmp_path)
    assert load(tmp_path) == record


def test_the_first_free_device_is_taken():
    first, one = RECORD.with_volume(Path("/x/1"), "/dev/1")
    _second, two = first.with_volume(Path("/x/2"), "/dev/2")
    assert (one.device, two.device) == ("sdb", "sdc")


def test_no_server_was_created_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path)
