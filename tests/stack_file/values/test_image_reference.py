"""References of images: what a registry takes is taken, everything else is refused with what to write instead."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.stack_file.values.image_reference import parse_image
from infra.versions import IMAGES

SHA = "sha256:" + "0" * 64


class TestTaken:
    @pytest.mark.parametrize(
        ("text", "name", "tag", "digest"),
        [
            ("postgres:17.11-trixie", "postgres", "17.11-trixie", ""),
            ("ghcr.io/acme/shop:1.0.0", "ghcr.io/acme/shop", "1.0.0", ""),
            ("localhost:5000/shop:1", "localhost:5000/shop", "1", ""),
            ("registry.example:5000/a/b/shop_web:V1", "registry.example:5000/a/b/shop_web", "V1", ""),
            ("REGISTRY.example/shop:1", "REGISTRY.example/shop", "1", ""),
            ("[2001:db8::1]:5000/shop:1", "[2001:db8::1]:5000/shop", "1", ""),
            (f"ghcr.io/acme/shop@{SHA}", "ghcr.io/acme/shop", "", SHA),
            (f"ghcr.io/acme/shop:1@{SHA}", "ghcr.io/acme/shop", "1", SHA),
            ("a/b__c/d--e.f:_x", "a/b__c/d--e.f", "_x", ""),
            (f"shop@sha512:{'a' * 128}", "shop", "", f"sha512:{'a' * 128}"),
            (f"ghcr.io/acme/sha256@{SHA}", "ghcr.io/acme/sha256", "", SHA),
            ("registry.example:65535/shop:1", "registry.example:65535/shop", "1", ""),
            (f"registry.example/{'a' * 255}:1", f"registry.example/{'a' * 255}", "1", ""),
            (f"{'a' * 247}:1", "a" * 247, "1", ""),
            (f"shop:{'1' * 128}", "shop", "1" * 128, ""),
        ],
    )
    def test_parts(self, text, name, tag, digest):
        made = parse_image(text)
        assert (made.name, made.tag, made.digest) == (name, tag, digest)

    @pytest.mark.parametrize("image", IMAGES.values())
    def test_what_the_stack_ships(self, image):
        assert parse_image(image).tag


class TestRefused:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", "is empty"),
            ("   ", "is empty"),
            ("ghcr.io/acme/shop", "Name a tag or a digest"),
            ("localhost:5000/shop", "Name a tag or a digest"),
            ("ghcr.io/Acme/Shop:1.0-RC1", "Write ghcr.io/acme/shop:1.0-RC1"),
            (f"Ghcr.io/Acme/Shop@{SHA}", f"Write Ghcr.io/acme/shop@{SHA}"),
            ("Shop:1", "Write shop:1"),
            (SHA, f"Write NAME@{SHA}"),
            ("sha256:abc", "a digest stands behind the repository and an @. Write NAME@sha256:abc"),
            (f"ghcr.io/acme/shop:{SHA}", f"Write ghcr.io/acme/shop@{SHA}"),
            (f"ghcr.io/acme/shop/{SHA}", f"Write ghcr.io/acme/shop@{SHA}"),
            ("registry.example:65536/shop:1", "port is a number from 1 to 65535, not 65536"),
            ("registry.example:0/shop:1", "port is a number from 1 to 65535, not 0"),
            ("registry.example:/shop:1", "is no repository"),
            ("ghcr.io/acme/shop:${GITHUB_SHA}", "replaces no variables"),
            ("ghcr.io/acme/shop:$TAG", "replaces no variables"),
            ("ghcr.io/acme/shop:{{ tag }}", "replaces no variables"),
            ("ghcr.io/acme/shop:$(git rev-parse HEAD)", "replaces no variables"),
            ("ghcr.io/acme/shop:<tag>", "replaces no variables"),
            ("https://ghcr.io/acme/shop:1", "has no scheme. Write ghcr.io/acme/shop:1"),
            ("docker://ghcr.io/acme/shop:1", "has no scheme"),
            ("ghcr.io/acme/shop: 1", "no blanks"),
            ("ghcr.io/acme/shop:1\n", "no blanks"),
            ("ghcr.io/acme/shop:", "'' is no tag"),
            ("ghcr.io/acme/shop:-1", "'-1' is no tag"),
            (f"ghcr.io/acme/shop:{'1' * 129}", "is no tag"),
            ("ghcr.io/acme/shop:1:2", "'1:2' is no tag"),
            ("ghcr.io/acme/shop@sha256:abc", "64 of the digits 0-9 and a-f, this one has 3 characters"),
            (f"ghcr.io/acme/shop@sha256:{'A' * 64}", "has the digits 0-9 and a-f alone, and no capital letter"),
            ("ghcr.io/acme/shop@", "'' is no digest"),
            (f"ghcr.io/acme/shop@md5:{'0' * 32}", "is no digest"),
            (f"ghcr.io/acme/shop@{'0' * 64}", "is no digest"),
            (f"{'0' * 64}", "is an image's id"),
            ("ghcr.io//shop:1", "is no repository"),
            ("/shop:1", "is no repository"),
            ("ghcr.io/acme/:1", "is no repository"),
            ("ghcr.io/-acme/shop:1", "is no repository"),
            ("ghcr.io/acme/shöp:1", "is no repository"),
            (f"{'a' * 248}:1", "at most 255 characters, this one has 256"),
            (f"docker.io/{'a' * 248}:1", "at most 255 characters, this one has 256"),
            (f"registry.example/{'a' * 256}:1", "at most 255 characters, this one has 256"),
        ],
    )
    def test_says_what_to_write(self, text, words):
        with pytest.raises(ValueError, match=r".") as caught:
            parse_image(text)
        assert words in str(caught.value)

    @given(st.text(max_size=60))
    def test_nothing_else_is_raised(self, text):
        """Whatever stands there: parts that make the same reference again, or a ValueError."""
        with suppress(ValueError):
            made = parse_image(text)
            again = made.name + (f":{made.tag}" if made.tag else "") + (f"@{made.digest}" if made.digest else "")
            assert again == text


@pytest.mark.parametrize(
    ("text", "major"),
    [("postgres:17.11-trixie", 17), ("postgres:v18", 18), ("postgres:latest", None), (f"postgres@{SHA}", None)],
)
def test_major(text, major):
    assert parse_image(text).major == major
