"""Images of a single program."""

import json
import shutil
import subprocess

import pytest

from lab.images.binary import binary_image, render
from lab.images.store import Store


class TestRender:
    def test_a_static_program(self):
        text = render("coredns", base="scratch", arguments=("-conf", "/etc/Corefile"), user="65534:65534")
        assert text.splitlines() == [
            "FROM scratch",
            "COPY coredns /coredns",
            "USER 65534:65534",
            'ENTRYPOINT ["/coredns"]',
            'CMD ["-conf", "/etc/Corefile"]',
        ]

    def test_no_arguments(self):
        assert "CMD" not in render("x", base="lab/debian:trixie", arguments=(), user="0:0")


@pytest.mark.vps
class TestBuild:
    @pytest.fixture
    def binary(self, tmp_path):
        shutil.copy("/bin/true", tmp_path / "program")
        return tmp_path / "program"

    def test_once_for_the_same_program(self, binary):
        """On nothing: the layer holds the program and no more."""
        first = binary_image("lab/test-of-binary:1", binary, base="scratch", arguments=("--help",))
        store = Store()
        manifest = json.loads(store.blob(first.digest).read_text())
        config = json.loads(store.blob(manifest["config"]["digest"]).read_text())["config"]
        assert (config["Entrypoint"], config["Cmd"], config["User"]) == (["/program"], ["--help"], "65534:65534")
        [layer] = manifest["layers"]
        assert layer["mediaType"] == "application/vnd.oci.image.layer.v1.tar"
        listed = subprocess.run(
            ["tar", "-tf", store.blob(layer["digest"])], capture_output=True, text=True, check=True
        ).stdout
        assert listed.split() == ["program"]
        assert binary_image("lab/test-of-binary:1", binary, base="scratch", arguments=("--help",)) == first

    def test_another_program_is_another_image(self, binary):
        first = binary_image("lab/test-of-binary:1", binary, base="scratch")
        shutil.copy("/bin/false", binary)
        second = binary_image("lab/test-of-binary:1", binary, base="scratch")
        assert first.digest != second.digest
        assert Store().current("lab/test-of-binary:1") == second
