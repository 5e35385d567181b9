"""A module is copied without what can't be compiled, and only if it is the pinned one; `go` is a script here."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from infra.errors import StagecoachError
from lab.toolchain.prepare import Trimmed, prepare

GO = """#!{python}
import json, os, sys
assert sys.argv[1:4] == ["mod", "download", "-json"], sys.argv
assert os.getcwd() == "/"
print(json.dumps({{"Dir": {folder!r}, "Sum": "h1:right"}}) if {works} else json.dumps({{"Error": "no such host"}}))
sys.exit(0 if {works} else 1)
"""
TRIMMED = Trimmed(
    module="example.test/big",
    version="v1.2.3",
    sum="h1:right",
    folder="big",
    left_out=("providers", "*_test.go"),
    stubs=(("stubs/one.go", "providers/one/one.go"),),
)


@pytest.fixture
def module(tmp_path):
    """The program's own module."""
    folder = tmp_path / "tools" / "small"
    (folder / "stubs").mkdir(parents=True)
    (folder / "go.mod").write_text("module example.test/small\nreplace example.test/big => ./big\n")
    (folder / "stubs" / "one.go").write_text("package one // ours\n")
    return folder


@pytest.fixture
def cached(tmp_path):
    """What a proxy has, read-only as Go's module cache is."""
    folder = tmp_path / "mod" / "big@v1.2.3"
    for name in ("big.go", "big_test.go", "go.mod", "go.sum", "providers/one/one.go", "api/api.go"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"original {name}\n")
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield folder
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755)


@pytest.fixture
def go(tmp_path, cached):
    def script(*, works=True):
        path = tmp_path / "go"
        path.write_text(GO.format(python=sys.executable, folder=str(cached), works=works))
        path.chmod(0o755)
        return path

    return script


def made(module, tmp_path, go, trimmed=TRIMMED):
    return prepare(module, tmp_path / "cache" / "small-1", trimmed, go, dict(os.environ))


def test_the_copy_lacks_what_is_left_out(module, tmp_path, go):
    folder = made(module, tmp_path, go())
    found = {str(path.relative_to(folder / "big")) for path in (folder / "big").rglob("*") if path.is_file()}
    assert found == {"big.go", "go.mod", "api/api.go", "providers/one/one.go"}
    assert (folder / "big" / "providers" / "one" / "one.go").read_text() == "package one // ours\n"
    assert (folder / "big" / "go.mod").read_text().startswith("module example.test/big\n")
    assert (folder / "go.mod").read_text() == (module / "go.mod").read_text()


def test_nothing_is_written_to_the_tree(module, tmp_path, go):
    before = sorted(module.rglob("*"))
    made(module, tmp_path, go())
    assert sorted(module.rglob("*")) == before


def test_it_can_be_removed(module, tmp_path, go):
    """Folders of the module cache are read-only; their copies must not be."""
    folder = made(module, tmp_path, go())
    subprocess.run(["rm", "-r", folder], check=True, stdin=subprocess.DEVNULL)


def test_once(module, tmp_path, go):
    first = made(module, tmp_path, go())
    assert made(module, tmp_path, go(works=False)) == first


def test_what_an_interrupted_one_left_is_removed(module, tmp_path, go):
    left = tmp_path / "cache" / "small-1.partial"
    (left / "big").mkdir(parents=True)
    (left / "big" / "half.go").touch()
    folder = made(module, tmp_path, go())
    assert not (folder / "big" / "half.go").exists()
    assert not left.exists()


def test_another_sum_is_refused(module, tmp_path, go):
    with pytest.raises(StagecoachError, match=r"example\.test/big@v1\.2\.3.*h1:right, not h1:wrong"):
        made(module, tmp_path, go(), replace(TRIMMED, sum="h1:wrong"))
    assert not (tmp_path / "cache").exists()


def test_a_download_that_fails_says_why(module, tmp_path, go):
    with pytest.raises(StagecoachError, match="no such host"):
        made(module, tmp_path, go(works=False))
