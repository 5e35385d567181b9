"""Whole or not there."""

from lab.nodes.real.k3s.guest.files import write, write_if_changed


def test_replaces_with_mode(tmp_path):
    path = tmp_path / "new" / "file"
    write(path, "one", 0o644)
    write(path, b"two", 0o600)
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("two", 0o600)
    assert [one.name for one in path.parent.iterdir()] == ["file"]


def test_only_what_changed(tmp_path):
    assert write_if_changed(tmp_path / "file", "one")
    assert not write_if_changed(tmp_path / "file", "one")
    assert write_if_changed(tmp_path / "file", "two")
