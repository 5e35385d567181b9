"""The `kubernetes` package: real requests to a real API server."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import Any

import urllib3

from lab.cluster.api import APPLY_PATCH, MERGE_PATCH, Api, ApiError, Object
from lab.plugins.diffing import Diff, compare
from lab.plugins.kubernetes.await_ready import wait_gone, wait_ready, why_not_ready
from lab.plugins.kubernetes.live_inputs import live_inputs
from lab.plugins.kubernetes.paths import Paths
from lab.plugins.kubernetes.replacing import REPLACE_UNREADY, replaced_unready, replacing
from lab.plugins.package import Call, InitFailedError, Package, PluginError
from lab.plugins.values import UNKNOWN, Properties, has_unknown

_MANAGER = "pulumi-kubernetes"
_AUTONAMED = "pulumi.com/autonamed"
_TRIES = 5
_STRICT = {"fieldManager": _MANAGER, "fieldValidation": "Strict"}


class KubernetesPackage(Package):
    """Create, server-side apply, waits for rollouts and jobs, confirmed deletion."""

    name = "kubernetes"

    def __init__(self) -> None:
        self._paths: Paths | None = None
        self._upsert = False

    def configure(self, variables: Properties) -> None:
        """Takes the kubeconfig; it is unknown in the preview of a new stack."""
        self._upsert = str(variables.get("upsertExistingObjects")).lower() == "true"
        kubeconfig = variables.get("kubeconfig")
        if kubeconfig and kubeconfig != UNKNOWN:
            self._paths = Paths(Api(kubeconfig))

    def diff_config(self, call: Call) -> Diff:
        """A constant clusterIdentifier keeps the provider, whatever the kubeconfig says."""
        return compare(call.old_inputs, call.inputs, replacing=("clusterIdentifier",), ignored=call.ignored)

    def check(self, call: Call) -> Properties:
        """Gives an object without a name the one it had, or a new one, as the real provider does."""
        body = dict(call.inputs)
        if body.get("kind", "").endswith("List"):
            raise PluginError(f"{body['kind']} is not an object of its own")
        metadata = dict(body.get("metadata") or {})
        if not metadata.get("name") and not metadata.get("generateName"):
            old = (call.old_inputs.get("metadata") or {}).get("name")
            metadata["name"] = old or f"{call.name}-{hashlib.sha256(call.seed).hexdigest()[:8]}"
            metadata["annotations"] = {**(metadata.get("annotations") or {}), _AUTONAMED: "true"}
        body["metadata"] = metadata
        return body

    def diff(self, call: Call) -> Diff:
        """Old inputs against new ones; a named object is deleted before its replacement."""
        kind = call.inputs.get("kind", "")
        found = compare(call.old_inputs, call.inputs, replacing=replacing(kind), ignored=call.ignored)
        if self._unready(call.inputs):
            path = f'metadata.annotations["{REPLACE_UNREADY}"]'
            found = Diff(changes={**found.changes, path: "UPDATE"}, replaces=found.replaces | {path})
        if not found.replaces:
            return found
        old, new = call.old_inputs["metadata"], call.inputs["metadata"]
        autonamed = (new.get("annotations") or {}).get(_AUTONAMED) == "true"
        if autonamed:
            # A new name, so that the new object can exist beside the old one.
            changes = {**found.changes, "metadata.name": "UPDATE"}
            return Diff(changes=changes, replaces=found.replaces)
        same = (old.get("name"), old.get("namespace")) == (new.get("name"), new.get("namespace"))
        return Diff(changes=found.changes, replaces=found.replaces, delete_before_replace=same)

    def create(self, call: Call) -> tuple[str, Properties]:
        """Creates, and waits until the object is ready."""
        body = call.inputs
        if call.preview:
            self._dry_run(body)
            return "", body
        paths = self._connected()
        try:
            if self._upsert:
                live = paths.api.request(
                    "PATCH", paths.one(body), body, content_type=APPLY_PATCH, force="true", **_STRICT
                )
            else:
                live = paths.api.request("POST", paths.collection(body), body, **_STRICT)
        except ApiError as error:
            raise PluginError(f"{_named(body)}: {error}") from error
        return _id(live), self._ready(call, body, paths.one(body), _id(live))

    def update(self, call: Call) -> Properties:
        """Server-side apply, and waits until the object is ready."""
        body = call.inputs
        if call.preview:
            self._dry_run(body, update=True)
            return {**call.olds, **body}
        paths = self._connected()
        try:
            _own(paths.api, paths.one(body))
            paths.api.request("PATCH", paths.one(body), body, content_type=APPLY_PATCH, force="true", **_STRICT)
        except ApiError as error:
            raise PluginError(f"{_named(body)}: {error}") from error
        return self._ready(call, body, paths.one(body), call.id)

    def read(self, call: Call) -> tuple[str, Properties, Properties]:
        """The live object, and of the inputs what it has now: a refresh shows what was changed by hand."""
        paths = self._connected()
        body = call.old_inputs or call.olds
        live = paths.api.get(paths.one(body))
        if live is None:
            return "", {}, {}
        return _id(live), _outputs(body, live), live_inputs(call.old_inputs, live)

    def delete(self, call: Call) -> None:
        """Deletes and waits until the object is gone."""
        paths, body = self._connected(), call.olds
        path = paths.one(body)
        try:
            live = paths.api.get(path)
            if live is None:
                return
            paths.api.request("DELETE", path, {"propagationPolicy": "Foreground"})
        except ApiError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return
            raise PluginError(f"{_named(body)}: {error}") from error
        if not wait_gone(paths.api, path, live["metadata"]["uid"], call.timeout):
            raise PluginError(f"{_named(body)} is still there after its timeout")

    def _ready(self, call: Call, body: Object, path: str, resource_id: str) -> Properties:
        live, reasons = wait_ready(self._connected().api, path, body, call.timeout)
        outputs = _outputs(body, live)
        if reasons:
            raise InitFailedError(resource_id, outputs, [f"{_named(body)}: {reason}" for reason in reasons])
        return outputs

    def _unready(self, body: Object) -> bool:
        """Whether it is a job that is to be made anew unless it has succeeded; a cluster that is away is no reason."""
        if self._paths is None or has_unknown(body) or not replaced_unready(body):
            return False
        try:
            live = self._paths.api.get(self._paths.one(body))
        except (ApiError, urllib3.exceptions.HTTPError):
            return False
        return live is not None and why_not_ready(live) != ""

    def _dry_run(self, body: Object, *, update: bool = False) -> None:
        """Asks the API server whether it would take the object; silent while its namespace does not exist."""
        if self._paths is None or has_unknown(body):
            return
        paths, more = self._paths, {"dryRun": "All", **_STRICT}
        try:
            if update:
                paths.api.request("PATCH", paths.one(body), body, content_type=APPLY_PATCH, force="true", **more)
            else:
                paths.api.request("POST", paths.collection(body), body, **more)
        except ApiError as error:
            if error.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY):
                raise PluginError(f"{_named(body)}: {error}") from error
        except urllib3.exceptions.HTTPError:
            return

    def _connected(self) -> Paths:
        if self._paths is None:
            raise PluginError("configured Kubernetes cluster is unreachable: no kubeconfig")
        return self._paths


def _own(api: Api, path: str) -> None:
    """Gives what the creation wrote to the manager that applies, as the real provider does before an update.

    The API server takes the two for different managers: what the program no longer names would stay for ever.
    """
    for last in (False,) * _TRIES + (True,):
        live = api.get(path)
        managed = live["metadata"].get("managedFields", []) if live else []
        ours = [one for one in managed if one["manager"] == _MANAGER and not one.get("subresource")]
        if not live or [one["operation"] for one in ours] != ["Update"]:
            return
        taken = [{**one, "operation": "Apply"} if one in ours else one for one in managed]
        metadata = {"managedFields": taken, "resourceVersion": live["metadata"]["resourceVersion"]}
        try:
            api.request("PATCH", path, {"metadata": metadata}, content_type=MERGE_PATCH)
        except ApiError as error:
            if error.status != HTTPStatus.CONFLICT or last:  # a controller wrote its status meanwhile
                raise
        else:
            return


def _id(live: Object) -> str:
    metadata = live["metadata"]
    return f"{metadata['namespace']}/{metadata['name']}" if metadata.get("namespace") else str(metadata["name"])


def _named(body: Object) -> str:
    return f"{body['kind']} {body['metadata'].get('namespace', '')}/{body['metadata']['name']}"


def _outputs(body: Object, live: Object) -> dict[str, Any]:
    """The inputs with what the API server added; managedFields would only make the state larger."""
    metadata = {key: value for key, value in live["metadata"].items() if key != "managedFields"}
    extra: Object = {key: live[key] for key in ("status", "spec") if key in live}
    return {**body, **extra, "metadata": metadata}
