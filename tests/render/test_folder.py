"""Somebody else's files stay."""

import json

import pytest

from infra.errors import ConfigError, RefusedError
from infra.render.folder import MARKER, require_ours, write_folder

FILES = {"kubernetes/app/service-web.yaml": "kind: Service\n", "scripts/one.sh": "true\n"}


def tree(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


class TestRequireOurs:
    def test_new_empty_and_own(self, tmp_path):
        require_ours(tmp_path / "new", force=False)
        require_ours(tmp_path, force=False)
        write_folder(tmp_path, FILES, {})
        require_ours(tmp_path, force=False)

    def test_foreign(self, tmp_path):
        (tmp_path / "notes.txt").write_text("mine")
        with pytest.raises(RefusedError, match="--force"):
            require_ours(tmp_path, force=False)
        require_ours(tmp_path, force=True)

    @pytest.mark.parametrize("marker", ["{", "[]", '{"files": 1}', "\x00"])
    def test_a_marker_of_something_else(self, tmp_path, marker):
        (tmp_path / MARKER).write_text(marker)
        with pytest.raises(RefusedError, match="earlier rendering"):
            require_ours(tmp_path, force=False)

    def test_a_file(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(ConfigError, match="a folder, not a file"):
            require_ours(tmp_path / "file", force=True)


class TestWriteFolder:
    def test_files_and_marker(self, tmp_path):
        assert write_folder(tmp_path / "a" / "b", FILES, {"provider": "vultr"}) == []
        assert tree(tmp_path / "a" / "b") == ["kubernetes/app/service-web.yaml", MARKER, "scripts/one.sh"]
        assert json.loads((tmp_path / "a" / "b" / MARKER).read_text()) == {"provider": "vultr", "files": list(FILES)}

    def test_what_is_gone(self, tmp_path):
        """With its folder; what somebody put there stays."""
        write_folder(tmp_path, FILES, {})
        (tmp_path / "notes.txt").write_text("mine")
        assert write_folder(tmp_path, {"scripts/two.sh": ""}, {}) == list(FILES)
        assert tree(tmp_path) == ["notes.txt", MARKER, "scripts/two.sh"]
        assert not (tmp_path / "kubernetes").exists()

    def test_a_marker_deletes_nothing_outside(self, tmp_path):
        outside = tmp_path / "outside.txt"
        outside.write_text("mine")
        folder = tmp_path / "folder"
        folder.mkdir()
        (folder / MARKER).write_text(json.dumps({"files": ["../outside.txt", str(outside)]}))
        assert write_folder(folder, FILES, {}) == []
        assert outside.read_text() == "mine"

    def test_a_folder_that_cannot_be(self, tmp_path):
        (tmp_path / "kubernetes").write_text("a file")
        with pytest.raises(ConfigError, match="can't be written"):
            write_folder(tmp_path, FILES, {})
