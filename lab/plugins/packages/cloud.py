"""What the provider packages of the emulated clouds share."""

from __future__ import annotations

from collections.abc import Iterable

from lab.clouds.cloud import Cloud
from lab.plugins.diffing import Diff, compare
from lab.plugins.facts import TypeFacts, load
from lab.plugins.package import Call, CheckFailedError, InitFailedError, Package, PluginError
from lab.plugins.values import UNKNOWN, Properties


class CloudPackage(Package):
    """Strict: unknown inputs, missing ones and what the cloud's API refuses are errors."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.facts = load(self.name)

    def check(self, call: Call) -> Properties:
        """Unknown and missing inputs, all at once; an object without a name gets one, as the bridge does it."""
        facts = self._facts(call)
        given = {key for key in call.inputs if not key.startswith("__")}
        failures = [(key, "an unexpected argument") for key in sorted(given - facts.inputs)]
        failures += [(key, "a required argument is missing") for key in sorted(facts.required - given)]
        failures += self.refused(kind_of(call), call.inputs)
        if failures:
            raise CheckFailedError(failures)
        if "name" in facts.inputs and "name" not in given:
            name = call.old_inputs.get("name") or f"{call.name}-{call.seed.hex()[:7]}"
            return {**call.inputs, "name": name}
        return call.inputs

    def refused(self, _kind: str, _inputs: Properties) -> list[tuple[str, str]]:
        """What the provider finds wrong before it asks the API: property and reason."""
        return []

    def replacing(self, call: Call) -> Iterable[str]:
        """Inputs that replace: the facts' flags."""
        return self._facts(call).replaces

    def diff(self, call: Call) -> Diff:
        """By the facts' flags, against what is saved: the bridge takes the outputs, not the old inputs."""
        saved = {key: call.olds.get(key, value) for key, value in call.old_inputs.items()}
        return compare(saved, call.inputs, replacing=self.replacing(call), ignored=call.ignored)

    def create(self, call: Call) -> tuple[str, Properties]:
        """Makes the object in the emulated cloud."""
        kind = kind_of(call)
        if call.preview:
            return "", {**dict.fromkeys(self.cloud.kind(kind).computed, UNKNOWN), **call.inputs}
        return self.cloud.create(kind, call.inputs)

    def read(self, call: Call) -> tuple[str, Properties, Properties]:
        """What the cloud has now; an empty id if it is gone."""
        outputs = self.cloud.read(kind_of(call), call.id)
        if outputs is None:
            return "", {}, {}
        return call.id, outputs, {key: outputs.get(key, value) for key, value in call.old_inputs.items()}

    def update(self, call: Call) -> Properties:
        """In place: size, labels, rules.

        The cloud is asked for what differs from the saved outputs only; where nothing does, it is not asked at all
        (pulumi-terraform-bridge, pkg/tfbridge/provider.go: `if diff == nil`).
        """
        kind = kind_of(call)
        if call.preview:
            kept = {key: call.olds[key] for key in self.cloud.kind(kind).computed if key in call.olds}
            return {**kept, **call.inputs}
        changed = {key: value for key, value in call.inputs.items() if key not in call.olds or call.olds[key] != value}
        removed = call.old_inputs.keys() - call.inputs.keys()
        if not changed and not removed:
            return call.olds
        return self.cloud.update(kind, call.id, changed, removed)

    def failed(self, operation: str, call: Call, error: Exception) -> Exception:
        """A failed update is saved all the same (`initializationError` in the bridge's provider.go)."""
        if operation != "update" or isinstance(error, InitFailedError):
            return error
        reason = f"updating {call.urn}: 1 error occurred:\n\t* {error}\n"
        return InitFailedError(call.id, self.saved(call, error), [reason])

    def saved(self, call: Call, _error: Exception) -> Properties:
        """Outputs after a failed update: the *planned* ones; Terraform's SDK keeps them without `d.Partial(true)`."""
        removed = call.old_inputs.keys() - call.inputs.keys()
        return {**{key: value for key, value in call.olds.items() if key not in removed}, **call.inputs}

    def delete(self, call: Call) -> None:
        """Deletes, unless the API would refuse."""
        self.cloud.delete(kind_of(call), call.id)

    def _facts(self, call: Call) -> TypeFacts:
        facts = self.facts.get(call.type)
        if facts is None:
            raise PluginError(f"the lab does not emulate {call.type}")
        return facts


def kind_of(call: Call) -> str:
    """The kind's name: `server` of hcloud:index/server:Server."""
    return call.type.split("/", 1)[1].split(":", 1)[0]
