"""Which images are made, and what none of them keeps."""

import json
import tarfile
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from infra.errors import RefusedError, StagecoachError
from lab.images import ensure
from lab.images.ensure import ensure_images, project_image
from lab.images.machine import Machine, machine_mirror
from lab.images.recipes import DEBIAN, PYTHON, RECIPES, key_of, recipe
from lab.images.store import Store
from tests.lab.images.layouts import stored

REDIS, SHOP = "library/redis:8.0", "example/shop:1.0.0"


class FakeBuilder:
    """Builds nothing, remembers in which order it was asked."""

    built: list
    storage: set

    def __init__(self, store):
        self.store = store

    def sweep(self):
        pass

    @contextmanager
    def scratch(self):
        yield Path()

    def kept(self, tag):
        return tag in self.storage

    def build(self, *, dockerfile, context, tag, machine, base):
        assert base is None or base in self.storage
        self.built.append(tag.removeprefix("localhost/").partition(":")[0])
        self.storage.add(tag)

    def publish(self, *, tag, name, key, started):
        return stored(self.store, self.store.root.parent / "written", name, tag.encode(), key=key)

    def load(self, image, tag):
        assert self.store.whole(image)
        self.storage.add(tag)

    def forget(self, tag):
        self.storage.remove(tag)

    def end(self):
        self.storage.clear()


@pytest.fixture
def built(tmp_path, monkeypatch):
    monkeypatch.setenv("STAGECOACH_CACHE", str(tmp_path))
    monkeypatch.setattr(FakeBuilder, "built", [], raising=False)
    monkeypatch.setattr(FakeBuilder, "storage", set(), raising=False)
    monkeypatch.setattr(ensure, "Builder", FakeBuilder)
    monkeypatch.setattr(ensure, "make_root", lambda _machine, _target: None)
    monkeypatch.setattr(ensure, "machine_settings", lambda: nullcontext(Machine(apt=tmp_path, pip=tmp_path)))
    return FakeBuilder.built


class TestChoice:
    def test_the_images_below_come_first(self, built):
        [image] = ensure_images([SHOP])
        assert built == ["lab/debian-trixie", "lab/python-3.13", "example/shop-1.0.0"]
        assert (image.name, image.key) == (SHOP, key_of(recipe(SHOP)))

    def test_what_is_there_is_not_made_again(self, built):
        first = ensure_images([REDIS])
        again = ensure_images([f"docker.io/{REDIS}"])
        assert first == again
        assert built.count("library/redis-8.0") == 1

    def test_all_of_them_share_what_is_below(self, built):
        assert [image.name for image in ensure_images()] == [one.name for one in RECIPES]
        assert len(built) == len(RECIPES)

    def test_no_names_are_no_images(self, built):
        assert ensure_images([]) == []
        assert built == []

    def test_an_image_that_vanishes_is_an_error(self, built, monkeypatch):
        monkeypatch.setattr(Store, "built", lambda *_: None)
        with pytest.raises(StagecoachError, match="removed while it was made"):
            ensure_images([REDIS])

    def test_a_changed_image_below(self, built, monkeypatch):
        ensure_images([REDIS, SHOP])
        monkeypatch.setattr("lab.images.debian_root._KEPT", ())
        built.clear()
        ensure_images([REDIS])
        assert built == ["lab/debian-trixie", "library/redis-8.0"]

    def test_back_to_an_earlier_key_builds_nothing(self, built, monkeypatch):
        """As with two checkouts of the project in one cache."""
        before = ensure_images([REDIS])
        with monkeypatch.context() as change:
            change.setattr("lab.images.debian_root._KEPT", ())
            assert ensure_images([REDIS]) != before
        built.clear()
        assert ensure_images([REDIS]) == before
        assert Store().current(REDIS) == before[0]
        assert built == []

    def test_the_builder_keeps_nothing_and_bases_come_from_the_store(self, built):
        ensure_images([REDIS])
        assert FakeBuilder.storage == set()
        ensure_images([SHOP])
        assert built == ["lab/debian-trixie", "library/redis-8.0", "lab/python-3.13", "example/shop-1.0.0"]
        assert Store().current(DEBIAN).key == key_of(recipe(DEBIAN))

    def test_a_lost_layer_is_made_again(self, built):
        [image] = ensure_images([REDIS])
        store = Store()
        [layer] = json.loads(store.blob(image.digest).read_text())["layers"]
        store.blob(layer["digest"]).unlink()
        built.clear()
        ensure_images([REDIS])
        assert built == ["library/redis-8.0"]
        assert store.blob(layer["digest"]).exists()

    def test_another_project(self, built, tmp_path):
        """As a changed copy of the shop under another tag."""
        (tmp_path / "copy").mkdir()
        (tmp_path / "copy" / "Dockerfile").write_text("FROM python:3.13-slim-bookworm\n")
        made = project_image("example/shop:2.0.0", tmp_path / "copy")
        assert built == ["lab/debian-trixie", "lab/python-3.13", "example/shop-2.0.0"]
        assert Store().current("example/shop:2.0.0") == made
        assert project_image("example/shop:2.0.0", tmp_path / "copy") == made
        assert len(built) == 3

    def test_unknown_images_are_refused_before_any_work(self, built):
        with pytest.raises(RefusedError, match="no such image"):
            ensure_images([REDIS, "no/such:1"])
        assert built == []


@pytest.fixture(scope="module")
def manifests():
    store = Store()
    return {image.name: json.loads(store.blob(image.digest).read_text()) for image in ensure_images()}


@pytest.mark.vps
class TestMade:
    """The real ones, from the cache where it has them."""

    def test_layers_are_uncompressed_and_the_base_is_shared(self, manifests):
        types = {layer["mediaType"] for manifest in manifests.values() for layer in manifest["layers"]}
        assert types == {"application/vnd.oci.image.layer.v1.tar"}
        [debian] = [layer["digest"] for layer in manifests[DEBIAN]["layers"]]
        first = {name for name, manifest in manifests.items() if manifest["layers"][0]["digest"] == debian}
        assert manifests.keys() - first == {"lab/pause:0.2.1", "lab/busybox:1.37"}
        python = [layer["digest"] for layer in manifests[PYTHON]["layers"]]
        assert [layer["digest"] for layer in manifests[SHOP]["layers"]][:2] == python

    def test_numeric_users(self, manifests):
        """As in the images that they stand for; `runAsNonRoot` can check only numbers."""
        store = Store()
        configs = {
            name: json.loads(store.blob(manifest["config"]["digest"]).read_text())["config"]
            for name, manifest in manifests.items()
        }
        assert configs[SHOP]["User"] == "10001:10001"
        assert configs[REDIS]["User"] == "999:999"
        assert configs["prometheus/prometheus:v2.53.3"]["User"] == "65534:65534"

    def test_nothing_of_this_machine_remains(self, manifests):
        """Neither its mirror nor its certificates nor its resolver: of such files only empty ones."""
        store, found = Store(), []
        layers = {layer["digest"] for manifest in manifests.values() for layer in manifest["layers"]}
        for digest in layers:
            with tarfile.open(store.blob(digest)) as layer:
                found += [
                    f"{digest}: {member.name}" for member in layer if member.isfile() and _of_the_machine(layer, member)
                ]
        assert found == []


_FILES = ("etc/resolv.conf", "etc/hosts", "etc/hostname", "etc/apt/apt.conf.d/machine")


def _of_the_machine(layer, member):
    if member.name in _FILES or member.name.startswith(("etc/apt/auth.conf.d/", "etc/apt/keyrings/", "etc/xdg/pip/")):
        return member.size > 0
    if member.name.startswith(("var/lib/apt/lists/", "var/cache/apt/")) or "/.cache/pip/" in member.name:
        return member.size > 0
    if member.name == "etc/apt/sources.list":
        text = layer.extractfile(member).read().decode()
        return machine_mirror() in text and machine_mirror() != "http://deb.debian.org/debian"
    return False
