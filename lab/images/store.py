"""Where images lie: one OCI layout in the cache, its index written as a whole."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.disk_use import remove
from lab.paths import cache_root

_HEX = re.compile("[0-9a-f]{64}")
_NAME = "org.opencontainers.image.ref.name"
_KEY, _BYTES, _SECONDS = (f"dev.stagecoach.lab.{word}" for word in ("key", "bytes", "seconds"))
_BUILT = "dev.stagecoach.lab.name"


@dataclass(frozen=True, kw_only=True)
class Image:
    """One image: its name without a registry's host, the key of its inputs, its manifest."""

    name: str
    key: str
    media_type: str
    digest: str
    manifest_bytes: int
    bytes: int  # manifest, config and layers, those that it shares with others included
    seconds: float  # that building it took


class Store:
    """An OCI layout; readers need no lock, writers hold one."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or cache_root() / "images" / "layout"

    def blob(self, digest: str) -> Path:
        """The file of a digest, which need not exist."""
        algorithm, _, value = digest.partition(":")
        return self.root / "blobs" / algorithm / value

    def current(self, name: str) -> Image | None:
        """What the name stands for now."""
        return next((_image(entry) for entry in self._entries() if _annotations(entry).get(_NAME) == name), None)

    def images(self) -> list[Image]:
        """Every image that has a name now."""
        return [_image(entry) for entry in self._entries() if _NAME in _annotations(entry)]

    def built(self, name: str, key: str) -> Image | None:
        """The whole image of these inputs, whether its name stands for it or for another now."""
        made = (_image(entry) for entry in self._entries() if _annotations(entry).get(_BUILT) == name)
        return next((image for image in made if image.key == key and self.whole(image)), None)

    def whole(self, image: Image) -> bool:
        """Whether everything that the image names is there."""
        manifest = self.blob(image.digest)
        if not manifest.exists():
            return False
        content = json.loads(manifest.read_text())
        return all(self.blob(part["digest"]).exists() for part in (content["config"], *content["layers"]))

    def add(self, image: Image) -> None:
        """The name stands for this image from now on; earlier ones stay, for other checkouts of the project."""
        kept = [entry for entry in self._entries() if not _same(_image(entry), image)]
        for entry in kept:
            if _annotations(entry).get(_NAME) == image.name:
                del entry["annotations"][_NAME]
        self._write([*kept, _entry(image)])

    def take(self, folder: Path) -> tuple[str, str]:
        """Moves here what a builder wrote: blobs under their digests, and manifest.json; its media type and digest."""
        target = self.blob("sha256:x").parent
        target.mkdir(parents=True, exist_ok=True)
        for blob in folder.iterdir():
            if _HEX.fullmatch(blob.name) and not (target / blob.name).exists():
                blob.replace(target / blob.name)
        text = (folder / "manifest.json").read_bytes()
        digest = hashlib.sha256(text).hexdigest()
        (folder / "manifest.json").replace(target / digest)
        return json.loads(text)["mediaType"], f"sha256:{digest}"

    def lay_out(self, image: Image, folder: Path) -> None:
        """Makes a layout of this image alone, whose blobs are the store's."""
        folder.mkdir(parents=True)
        (folder / "blobs").symlink_to(self.root.absolute() / "blobs")
        Store(folder).add(image)

    def retain(self, wanted: Callable[[Image], bool]) -> int:
        """Removes every other image, with the blobs that no wanted one names; the bytes that this frees."""
        kept = [entry for entry in self._entries() if wanted(_image(entry))]
        if len(kept) < len(self._entries()):
            self._write(kept)
        manifests = [self.blob(entry["digest"]) for entry in kept]
        named = {path.name for path in manifests}
        for manifest in (json.loads(path.read_text()) for path in manifests if path.exists()):
            named |= {self.blob(part["digest"]).name for part in (manifest["config"], *manifest["layers"])}
        blobs = self.blob("sha256:x").parent
        return sum(remove(path) for path in (blobs.iterdir() if blobs.exists() else ()) if path.name not in named)

    def size(self, digest: str) -> int:
        """Bytes of a manifest with all that it names."""
        manifest = json.loads(self.blob(digest).read_text())
        parts = [manifest["config"], *manifest["layers"]]
        return self.blob(digest).stat().st_size + sum(int(part["size"]) for part in parts)

    def _entries(self) -> list[dict[str, Any]]:
        index = self.root / "index.json"
        entries: list[dict[str, Any]] = json.loads(index.read_text())["manifests"] if index.exists() else []
        return entries

    def _write(self, entries: list[dict[str, Any]]) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        (self.root / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}\n')
        partial = self.root / "index.json.partial"
        partial.write_text(json.dumps({"schemaVersion": 2, "manifests": entries}, indent=1))
        partial.replace(self.root / "index.json")


def _annotations(entry: dict[str, Any]) -> dict[str, str]:
    return dict(entry.get("annotations", {}))


def _same(one: Image, other: Image) -> bool:
    return (one.name, one.key) == (other.name, other.key)


def _image(entry: dict[str, Any]) -> Image:
    said = _annotations(entry)
    return Image(
        name=said[_BUILT],
        key=said[_KEY],
        media_type=entry["mediaType"],
        digest=entry["digest"],
        manifest_bytes=entry["size"],
        bytes=int(said[_BYTES]),
        seconds=float(said[_SECONDS]),
    )


def _entry(image: Image) -> dict[str, Any]:
    said = {
        _NAME: image.name,
        _BUILT: image.name,
        _KEY: image.key,
        _BYTES: str(image.bytes),
        _SECONDS: f"{image.seconds:.1f}",
    }
    return {
        "mediaType": image.media_type,
        "digest": image.digest,
        "size": image.manifest_bytes,
        "annotations": said,
    }
