"""Where the API server keeps a kind of object."""

from __future__ import annotations

import threading
from http import HTTPStatus

from lab.nodes.simulated.api import Api, Object
from lab.plugins.package import PluginError


def object_of(type_: str, resource_id: str) -> Object:
    """What is known of an object that is imported: `kubernetes:core/v1:Secret` and `namespace/name`."""
    _, version, kind = type_.split(":")
    namespace, _, name = resource_id.rpartition("/")
    metadata = {"name": name, "namespace": namespace} if namespace else {"name": name}
    return {"apiVersion": version.removeprefix("core/"), "kind": kind, "metadata": metadata}


class Paths:
    """Looks kinds up in the API server's discovery, once per API version."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._lock = threading.Lock()
        self._versions: dict[str, dict[str, tuple[str, bool]]] = {}

    def collection(self, body: Object) -> str:
        """The path that objects of this one's kind and namespace are created under."""
        version, kind = body["apiVersion"], body["kind"]
        base = f"/api/{version}" if "/" not in version else f"/apis/{version}"
        plural, namespaced = self._kinds(base).get(kind, ("", False))
        if not plural:
            raise PluginError(f"no matches for kind {kind!r} in version {version!r} ({HTTPStatus.NOT_FOUND.value})")
        if not namespaced:
            return f"{base}/{plural}"
        return f"{base}/namespaces/{body['metadata'].get('namespace') or 'default'}/{plural}"

    def one(self, body: Object) -> str:
        """The path of this object."""
        return f"{self.collection(body)}/{body['metadata']['name']}"

    def known(self, body: Object) -> bool:
        """Whether the API server has objects of this one's kind."""
        try:
            self.collection(body)
        except PluginError:
            return False
        return True

    def namespaced(self, body: Object) -> bool:
        """Whether objects of this kind live in a namespace."""
        return "/namespaces/" in self.collection(body)

    def _kinds(self, base: str) -> dict[str, tuple[str, bool]]:
        with self._lock:
            if base not in self._versions:
                found = self.api.get(base) or {"resources": []}
                self._versions[base] = {
                    row["kind"]: (row["name"], row["namespaced"])
                    for row in found["resources"]
                    if "/" not in row["name"]
                }
            return self._versions[base]
