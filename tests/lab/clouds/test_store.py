"""What an emulated cloud remembers."""

import pytest

from lab.clouds.store import Store


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cloud.json"


class TestStore:
    def test_another_process_goes_on(self, path):
        """Objects and ids survive; an id is never given twice."""
        first = Store(path)
        one = first.add("volume", {"name": "a"})
        first.remove("volume", one)
        again = Store(path)
        assert again.get("volume", one) is None
        assert again.add("volume", {"name": "b"}) != one

    def test_what_cannot_be_written_did_not_happen(self, path):
        """A full disk: neither in memory nor in the file."""
        store = Store(path)
        store.add("volume", {"name": "a"})
        path.with_suffix(".tmp").symlink_to("/dev/full")
        with pytest.raises(OSError, match="No space left"):
            store.add("volume", {"name": "b"})
        path.with_suffix(".tmp").unlink()
        assert [one["name"] for one in store.all("volume").values()] == ["a"]
        assert Store(path).all("volume") == store.all("volume")
