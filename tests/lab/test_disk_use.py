"""What files use of the disk, and what removing them frees."""

import os

from lab.disk_use import amount, remove, used

MIB = 2**20


def written(path, size=MIB):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    return path


class TestUsed:
    def test_what_is_written_counts_and_holes_do_not(self, tmp_path):
        image = tmp_path / "disk.img"
        with image.open("wb") as file:
            file.truncate(1000 * MIB)
            file.write(b"x" * MIB)
        assert MIB <= used(image) < 2 * MIB

    def test_hard_links_count_once_and_links_are_not_followed(self, tmp_path):
        first = written(tmp_path / "inside" / "one")
        os.link(first, tmp_path / "inside" / "two")
        written(tmp_path / "outside" / "large", 4 * MIB)
        (tmp_path / "inside" / "link").symlink_to(tmp_path / "outside")
        assert MIB <= used(tmp_path / "inside") < 2 * MIB

    def test_nothing_there_is_nothing(self, tmp_path):
        assert used(tmp_path / "missing") == 0


class TestRemove:
    def test_everything_goes_and_is_counted(self, tmp_path):
        written(tmp_path / "folder" / "below" / "one")
        written(tmp_path / "folder" / "two")
        assert 2 * MIB <= remove(tmp_path / "folder") < 3 * MIB
        assert list(tmp_path.iterdir()) == []

    def test_folders_that_are_read_only(self, tmp_path):
        """As Go leaves its modules."""
        file = written(tmp_path / "folder" / "module" / "go.mod", 10)
        file.chmod(0o444)
        file.parent.chmod(0o555)
        remove(tmp_path / "folder")
        assert not (tmp_path / "folder").exists()

    def test_a_link_goes_and_not_where_it_leads(self, tmp_path):
        kept = written(tmp_path / "kept" / "file")
        (tmp_path / "folder").mkdir()
        (tmp_path / "folder" / "link").symlink_to(kept.parent)
        assert remove(tmp_path / "folder") < MIB
        (tmp_path / "other").symlink_to(kept.parent)
        assert remove(tmp_path / "other") < MIB
        assert [path.name for path in tmp_path.iterdir()] == ["kept"]
        assert kept.exists()

    def test_a_file_with_another_name_frees_nothing(self, tmp_path):
        first = written(tmp_path / "one")
        os.link(first, tmp_path / "two")
        assert remove(tmp_path / "two") == 0
        assert remove(first) >= MIB

    def test_nothing_there_is_nothing(self, tmp_path):
        assert remove(tmp_path / "missing") == 0


def test_amounts_for_people():
    assert [amount(size) for size in (0, 120_400_000, 3_440_000_000)] == ["0 MB", "120 MB", "3.4 GB"]
