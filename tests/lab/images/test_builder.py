"""Real builds with buildah, from nothing, in a cache of their own."""

import json
import subprocess
import time

import pytest

from infra.errors import RefusedError, StagecoachError
from lab.images.builder import Builder
from lab.images.machine import machine_settings
from lab.images.store import Store

pytestmark = pytest.mark.vps


@pytest.fixture
def builder(tmp_path, monkeypatch):
    monkeypatch.setenv("STAGECOACH_CACHE", str(tmp_path / "cache"))
    made = Builder(Store())
    yield made
    made.sweep()
    subprocess.run([*made.buildah, "rmi", "--all", "--force"], check=True, capture_output=True)


@pytest.fixture
def context(tmp_path):
    folder = tmp_path / "context"
    folder.mkdir()
    (folder / "file").write_text("content")
    (folder / "ignored").write_text("no")
    (folder / ".dockerignore").write_text("ignored\n")
    (folder / "Dockerfile").write_text('FROM scratch\nCOPY . /app/\nUSER 7:7\nCMD ["x"]\n')
    return folder


def build(builder, context, tag="localhost/test:1", base=None):
    with machine_settings() as machine:
        builder.build(dockerfile=context / "Dockerfile", context=context, tag=tag, machine=machine, base=base)


def test_from_a_dockerfile_into_the_store(builder, context):
    build(builder, context)
    assert builder.kept("localhost/test:1")
    image = builder.publish(tag="localhost/test:1", name="a/b:1", key="k", started=time.monotonic())
    assert builder.store.current("a/b:1") == image
    manifest = json.loads(builder.store.blob(image.digest).read_text())
    assert manifest["layers"][0]["mediaType"] == "application/vnd.oci.image.layer.v1.tar"
    layer = builder.store.blob(manifest["layers"][0]["digest"])
    listed = subprocess.run(["tar", "-tf", layer], capture_output=True, text=True, check=True).stdout.split()
    assert {name for name in listed if not name.endswith("/")} == {"app/file", "app/.dockerignore", "app/Dockerfile"}
    builder.forget("localhost/test:1")
    assert not builder.kept("localhost/test:1")


def test_another_base_than_the_dockerfile_names(builder, context, tmp_path):
    """`FROM python:...` starts from the lab's own image; nobody is asked for the other."""
    build(builder, context)
    other = tmp_path / "other"
    other.mkdir()
    (other / "Dockerfile").write_text("FROM python:3.13-slim-bookworm\nCOPY more /more\n")
    (other / "more").write_text("more")
    build(builder, other, tag="localhost/other:1", base="localhost/test:1")
    image = builder.publish(tag="localhost/other:1", name="c/d:1", key="k", started=time.monotonic())
    assert len(json.loads(builder.store.blob(image.digest).read_text())["layers"]) == 2


def test_an_image_of_the_store_as_a_base(builder, context, tmp_path):
    """What starts from it has the same layers, so that they lie in the store once."""
    build(builder, context)
    base = builder.publish(tag="localhost/test:1", name="lab/base:1", key="k", started=time.monotonic())
    builder.end()
    assert not builder.kept("localhost/test:1")
    builder.load(base, "localhost/base:k")
    assert builder.kept("localhost/base:k")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "Dockerfile").write_text("FROM lab/base:1\nWORKDIR /more\n")
    build(builder, tmp_path / "other", tag="localhost/other:1", base="localhost/base:k")
    image = builder.publish(tag="localhost/other:1", name="c/d:1", key="k", started=time.monotonic())
    layers = [json.loads(builder.store.blob(one.digest).read_text())["layers"] for one in (base, image)]
    assert layers[1][0] == layers[0][0]
    assert len(layers[1]) == 2


def test_the_end_frees_the_disk(builder, context, tmp_path):
    build(builder, context)
    image = builder.publish(tag="localhost/test:1", name="a/b:1", key="k", started=time.monotonic())
    builder.end()
    assert {path.name for path in (tmp_path / "cache" / "images").iterdir()} == {"layout"}
    assert builder.store.whole(image)
    builder.end()  # nothing is there any more


def test_a_failed_step_says_why(builder, context):
    (context / "Dockerfile").write_text("FROM scratch\nCOPY missing /\n")
    with pytest.raises(StagecoachError, match=r"(?s)could not be made.*missing"):
        build(builder, context)


def test_an_interrupted_build_leaves_no_container(builder, context):
    build(builder, context)
    subprocess.run([*builder.buildah, "from", "--pull-never", "localhost/test:1"], check=True, capture_output=True)
    builder.sweep()
    left = subprocess.run([*builder.buildah, "containers", "-q"], check=True, capture_output=True, text=True).stdout
    assert left == ""


def test_only_root_builds(builder, context, monkeypatch):
    with monkeypatch.context() as other:
        other.setattr("os.geteuid", lambda: 1000)
        with pytest.raises(RefusedError, match="user = 1000: root"):
            builder.sweep()
        with pytest.raises(RefusedError, match="user = 1000: root"):
            build(builder, context)
