"""The OCI layout in the cache."""

import json

import pytest

from tests.lab.images.layouts import new_store, stored, written


class TestNames:
    def test_nothing_yet(self, tmp_path):
        store = new_store(tmp_path)
        assert (store.images(), store.current("a/b:1"), store.built("a/b:1", "k1")) == ([], None, None)

    def test_a_name_stands_for_the_last_image(self, tmp_path):
        """The earlier one stays, for another checkout of the project."""
        store = new_store(tmp_path)
        first = stored(store, tmp_path / "one", "a/b:1", b"one", key="k1")
        second = stored(store, tmp_path / "two", "a/b:1", b"two", key="k2")
        assert store.current("a/b:1") == second
        assert store.built("a/b:1", "k1") == first
        assert store.images() == [second]
        store.add(first)
        assert store.images() == [first]
        assert store.built("a/b:1", "k2") == second

    def test_the_size_is_all_of_it(self, tmp_path):
        store = new_store(tmp_path)
        image = stored(store, tmp_path / "one", "a/b:1", b"x" * 100, b"y" * 50)
        manifest = json.loads(store.blob(image.digest).read_text())
        assert image.bytes == 150 + manifest["config"]["size"] + image.manifest_bytes

    def test_other_tools_can_read_it(self, tmp_path):
        store = new_store(tmp_path)
        image = stored(store, tmp_path / "one", "a/b:1", b"one")
        assert json.loads((store.root / "oci-layout").read_text()) == {"imageLayoutVersion": "1.0.0"}
        [entry] = json.loads((store.root / "index.json").read_text())["manifests"]
        assert entry["annotations"]["org.opencontainers.image.ref.name"] == "a/b:1"
        assert (entry["digest"], entry["size"]) == (image.digest, image.manifest_bytes)


class TestBlobs:
    def test_what_two_images_share_is_kept_once(self, tmp_path):
        store = new_store(tmp_path)
        stored(store, tmp_path / "one", "a/b:1", b"base")
        before = {path.name: path.stat().st_ino for path in store.blob("sha256:x").parent.iterdir()}
        store.take(written(tmp_path / "two", b"base", b"more"))
        after = {path.name: path.stat().st_ino for path in store.blob("sha256:x").parent.iterdir()}
        assert len(after) == len(before) + 2  # a layer and a manifest
        assert before.items() <= after.items()

    def test_an_interrupted_write_changes_nothing(self, tmp_path, monkeypatch):
        """The index is written beside the old one and takes its place as a whole."""
        store = new_store(tmp_path)
        first = stored(store, tmp_path / "one", "a/b:1", b"one")
        monkeypatch.setattr("pathlib.Path.replace", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            store.add(first)
        assert store.images() == [first]


def _interrupted(*_arguments):
    raise KeyboardInterrupt
