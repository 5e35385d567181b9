"""The `kubernetes` package: real requests to a real API server, as pulumi-kubernetes sends them.

Source: provider/pkg/provider/provider.go of pulumi-kubernetes after 4.32.0 (its commit of 2026-07-01).
"""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import Any, NoReturn

import urllib3

from lab.nodes.simulated.api import Api, ApiError, Object
from lab.plugins.diffing import Diff, compare
from lab.plugins.kubernetes import words
from lab.plugins.kubernetes.await_ready import wait_gone, wait_ready, why_not_ready
from lab.plugins.kubernetes.live_inputs import imported_inputs, live_inputs, pruned
from lab.plugins.kubernetes.managers import STATE_KEY, annotations_of, manager_of
from lab.plugins.kubernetes.paths import Paths, object_of
from lab.plugins.kubernetes.replacing import REPLACE_UNREADY, replaced_unready, replacing
from lab.plugins.kubernetes.requests import RETRY_SECONDS, create, update
from lab.plugins.kubernetes.settings import Settings
from lab.plugins.package import Call, InitFailedError, Package, PluginError
from lab.plugins.values import UNKNOWN, Properties, has_unknown

_AUTONAMED = "pulumi.com/autonamed"
_Unanswered = (ApiError, urllib3.exceptions.HTTPError)


class KubernetesPackage(Package):
    """Creations by POST, updates by server-side apply, waits, confirmed deletion.

    Whether the cluster can be reached is decided once, when the engine configures the provider.
    """

    name = "kubernetes"

    def __init__(self) -> None:
        self._paths: Paths | None = None
        self._away = "no kubeconfig"
        self._settings = Settings()
        self.retry_seconds: tuple[float, ...] = RETRY_SECONDS

    def configure(self, variables: Properties) -> None:
        """Takes the kubeconfig and asks whether the cluster answers; the preview of a new stack has none yet."""
        self._settings = Settings.read(variables)
        kubeconfig = variables.get("kubeconfig")
        if not kubeconfig or kubeconfig == UNKNOWN:
            return
        api = Api(kubeconfig)
        try:
            api.request("GET", "/version")
        except _Unanswered as error:
            self._paths, self._away = None, f"unable to load schema information from the API server: {error}"
        else:
            self._paths = Paths(api)

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
        """The state's object against the new inputs; a named object is deleted before its replacement."""
        kind = call.inputs.get("kind", "")
        before = pruned(call.old_inputs, call.olds)
        found = compare(before, call.inputs, replacing=replacing(kind), ignored=call.ignored)
        if self._unready(call):
            path = f'metadata.annotations["{REPLACE_UNREADY}"]'
            found = Diff(changes={**found.changes, path: "UPDATE"}, replaces=found.replaces | {path})
        if not found.replaces:
            return found
        old, new = call.old_inputs["metadata"], call.inputs["metadata"]
        if annotations_of(call.inputs).get(_AUTONAMED) == "true":
            # A new name, so that the new object can exist beside the old one.
            changes = {**found.changes, "metadata.name": "UPDATE"}
            return Diff(changes=changes, replaces=found.replaces)
        same = (old.get("name"), old.get("namespace")) == (new.get("name"), new.get("namespace"))
        return Diff(changes=found.changes, replaces=found.replaces, delete_before_replace=same)

    def create(self, call: Call) -> tuple[str, Properties]:
        """Creates, and waits until the object is ready."""
        body, manager = call.inputs, manager_of(call.inputs, {})
        if call.preview:
            self._previewed_creation(call, manager)
            return "", body
        paths = self._connected()
        try:
            live = create(paths, body, manager, self._settings, retry_seconds=self.retry_seconds)
        except ApiError as error:
            raise PluginError(words.not_created(call.urn, manager, error)) from error
        return _id(live), self._ready(call, manager, _id(live), created=True)

    def update(self, call: Call) -> Properties:
        """Server-side apply, and waits until the object is ready; a refusal leaves the state with what is live."""
        body, manager = call.inputs, manager_of(call.inputs, call.olds)
        if call.preview and (self._paths is None or has_unknown(body)):
            return {**call.olds, **body}
        paths = self._connected()
        try:
            update(paths, body, manager, self._settings, ignored=call.ignored, preview=call.preview)
        except ApiError as error:
            if call.preview and error.status == HTTPStatus.FORBIDDEN:
                return {**call.olds, **body}
            self._refused(call, manager, error)
        if call.preview:
            return {**call.olds, **body}
        return self._ready(call, manager, call.id, created=False)

    def read(self, call: Call) -> tuple[str, Properties, Properties]:
        """The live object, and of the inputs what it has now: a refresh shows what was changed by hand."""
        if self._paths is None:
            return self._unread(call)
        known = call.old_inputs or call.olds
        body = known or object_of(call.type, call.id)
        live = self._paths.api.get(self._paths.one(body))
        if live is None:
            return "", {}, {}
        outputs = _outputs(known or live, live, manager_of(body, call.olds))
        if not known:
            return _id(live), outputs, imported_inputs(live)
        inputs = live_inputs(call.old_inputs, live)
        reason = why_not_ready(self._paths.api, live)
        if reason:
            raise InitFailedError(_id(live), outputs, [f"{words.object_name(body)}: {reason}"], inputs)
        return _id(live), outputs, inputs

    def delete(self, call: Call) -> None:
        """Deletes and waits until the object is gone."""
        if self._paths is None:
            self._undeleted(call)
            return
        paths, body = self._paths, call.olds
        path = paths.one(body)
        try:
            live = paths.api.get(path)
            if live is None:
                return
            paths.api.request("DELETE", path, {"propagationPolicy": "Foreground"})
        except ApiError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return
            raise PluginError(f"{words.object_name(body)}: {error}") from error
        if not wait_gone(paths.api, body, path, live["metadata"]["uid"], call.timeout):
            raise PluginError(f"{words.object_name(body)} is still there after its timeout")

    def _previewed_creation(self, call: Call, manager: str) -> None:
        """A dry run; silent about what exists, is forbidden or has no namespace yet, as pulumi-kubernetes is."""
        if self._paths is None or has_unknown(call.inputs) or not self._paths.known(call.inputs):
            return
        try:
            create(self._paths, call.inputs, manager, self._settings, preview=True)
        except ApiError as error:
            if error.reason not in ("AlreadyExists", "Forbidden", "NotFound"):
                raise PluginError(words.not_created(call.urn, manager, error)) from error

    def _refused(self, call: Call, manager: str, error: ApiError) -> NoReturn:
        """The new inputs reach the state with the live object: the next update sees the difference and tries again."""
        live = self._connected().api.get(self._connected().one(call.inputs))
        if live is None:
            raise PluginError(words.gone(call.urn, error)) from error
        reason = words.not_live(call.id, words.conflict(manager, error))
        raise InitFailedError(call.id, _outputs(call.inputs, live, manager), [reason]) from error

    def _ready(self, call: Call, manager: str, resource_id: str, *, created: bool) -> Properties:
        paths, body = self._connected(), call.inputs
        live, reasons = wait_ready(paths.api, paths.one(body), body, call.timeout, created=created)
        outputs = _outputs(body, live, manager)
        if reasons:
            raise InitFailedError(resource_id, outputs, [f"{words.object_name(body)}: {one}" for one in reasons])
        return outputs

    def _unready(self, call: Call) -> bool:
        """Whether it is a job that is to be made anew unless it has succeeded; a cluster that is away is no reason."""
        body = call.inputs
        if annotations_of(body).get(REPLACE_UNREADY) != "true" or has_unknown(body):
            return False
        if self._paths is None:
            self.host.warn(call.urn, words.UNREADY_SKIPPED)
            return False
        if not replaced_unready(body):
            self.host.warn(call.urn, words.UNREADY_NOT_SUPPORTED)
            return False
        try:
            live = self._paths.api.get(self._paths.one(body))
        except _Unanswered:
            return False
        return live is not None and why_not_ready(self._paths.api, live) != ""

    def _unread(self, call: Call) -> tuple[str, Properties, Properties]:
        self.host.warn(call.urn, words.unreachable(self._away))
        if self._settings.delete_unreachable:
            self.host.info(call.urn, words.FORGOTTEN)
            return "", {}, {}
        if self._settings.skip_update_unreachable:
            self.host.info(call.urn, words.NOT_ASKED)
            return call.id, call.olds, call.old_inputs
        raise PluginError(words.NOT_READ)

    def _undeleted(self, call: Call) -> None:
        self.host.warn(call.urn, words.unreachable(self._away))
        if not self._settings.delete_unreachable:
            raise PluginError(words.NOT_DELETED)
        self.host.info(call.urn, words.FORGOTTEN)

    def _connected(self) -> Paths:
        if self._paths is None:
            raise PluginError(words.unreachable(self._away))
        return self._paths


def _id(live: Object) -> str:
    metadata = live["metadata"]
    return f"{metadata['namespace']}/{metadata['name']}" if metadata.get("namespace") else str(metadata["name"])


def _outputs(body: Object, live: Object, manager: str) -> dict[str, Any]:
    """The inputs with what the API server added; managedFields would only make the state larger."""
    metadata = {key: value for key, value in live["metadata"].items() if key != "managedFields"}
    extra: Object = {key: live[key] for key in ("status", "spec") if key in live}
    return {**body, **extra, "metadata": metadata, STATE_KEY: manager}
