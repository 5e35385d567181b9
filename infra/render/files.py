"""Turn a recorded run of the program into files: each file's text by its path in the folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.render.mocks import SECRET, Recorder
from infra.render.yaml_text import manifest_text

KUBERNETES = "kubernetes"
_CLUSTER_WIDE = "_cluster"  # sorts before every namespace, so that `kubectl apply -R` creates the namespaces first
_COMMAND = "command:remote:Command"


def rendered_files(made: Recorder) -> dict[str, str]:
    """Return Kubernetes objects, scripts, and the servers' user data by path.

    The same run gives the same files, byte for byte.
    """
    return dict(sorted([*_objects(made), *_user_data(made), *_scripts(made)]))


def _objects(made: Recorder) -> Iterator[tuple[str, str]]:
    for manifest in made.named_objects():
        metadata = manifest["metadata"]
        folder = metadata.get("namespace", _CLUSTER_WIDE)
        path = f"{KUBERNETES}/{folder}/{manifest['kind'].lower()}-{metadata['name']}.yaml"
        yield path, manifest_text(_without_encoded(manifest))


def _without_encoded(manifest: dict[str, Any]) -> dict[str, Any]:
    """Replace the values of a Secret with a special type: they may be encoded, which hides the stand-in in them."""
    if manifest["kind"] != "Secret" or manifest.get("type", "Opaque") == "Opaque":
        return manifest
    return {**manifest, "stringData": dict.fromkeys(manifest["stringData"], SECRET)}


def _user_data(made: Recorder) -> Iterator[tuple[str, str]]:
    for name in made.requests:
        text = made.inputs(name).get("userData")
        if text:
            yield f"servers/{name}/user-data", text


def _scripts(made: Recorder) -> Iterator[tuple[str, str]]:
    """Yield the scripts that run on servers over SSH; one file for create and update if both are the same."""
    for name in made.of_type(_COMMAND):
        inputs = made.inputs(name)
        texts = {key: inputs[key] for key in ("create", "update", "delete") if inputs.get(key)}
        if texts.get("create") == texts.get("update"):
            texts = {"": texts.pop("create", ""), **{key: text for key, text in texts.items() if key != "update"}}
        for key, text in texts.items():
            yield f"scripts/{name}{f'.{key}' if key else ''}.sh", text
        if inputs.get("stdin"):
            yield f"scripts/{name}.stdin", inputs["stdin"]
