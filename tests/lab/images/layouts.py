"""A hand-made image in a store."""

import hashlib
import json

from lab.images.store import Image, Store

LAYER = "application/vnd.oci.image.layer.v1.tar"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def put(folder, content):
    digest = hashlib.sha256(content).hexdigest()
    (folder / digest).write_bytes(content)
    return {"digest": f"sha256:{digest}", "size": len(content)}


def written(folder, *layers):
    """One image as a builder writes it."""
    folder.mkdir(parents=True, exist_ok=True)
    config = put(folder, json.dumps({"architecture": "amd64", "os": "linux"}).encode())
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **config},
        "layers": [{"mediaType": LAYER, **put(folder, layer)} for layer in layers],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def stored(store, folder, name, *layers, key="k1"):
    """The image in the store under a name."""
    media_type, digest = store.take(written(folder, *layers))
    image = Image(
        name=name,
        key=key,
        media_type=media_type,
        digest=digest,
        manifest_bytes=store.blob(digest).stat().st_size,
        bytes=store.size(digest),
        seconds=1.0,
    )
    store.add(image)
    return image


def new_store(tmp_path):
    return Store(tmp_path / "layout")
