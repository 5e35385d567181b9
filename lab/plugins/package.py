"""What a provider package answers; methods run in worker threads with plain values."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from lab.plugins.diffing import Diff, compare
from lab.plugins.host import Host
from lab.plugins.values import Properties


class PluginError(Exception):
    """A call that failed; the message reaches the person as it is."""


class CheckFailedError(PluginError):
    """Inputs that the provider refuses: pairs of property path and reason."""

    def __init__(self, failures: Iterable[tuple[str, str]]) -> None:
        self.failures = tuple(failures)
        super().__init__("; ".join(f"{path}: {reason}" for path, reason in self.failures))


class InitFailedError(PluginError):
    """Created, but not ready: the engine keeps the id and the state, with the reasons.

    `inputs` are what a read found, where they differ from what the call came with.
    """

    def __init__(
        self, resource_id: str, outputs: Properties, reasons: Iterable[str], inputs: Properties | None = None
    ) -> None:
        self.resource_id = resource_id
        self.outputs = outputs
        self.inputs = inputs
        self.reasons = tuple(reasons)
        super().__init__("; ".join(self.reasons))


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of the engine.  `timeout` is in seconds, 0 where the program set none."""

    urn: str
    type: str
    name: str
    id: str = ""
    inputs: Properties = field(default_factory=dict)
    old_inputs: Properties = field(default_factory=dict)
    olds: Properties = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()
    ignored: tuple[str, ...] = ()
    timeout: float = 0
    preview: bool = False
    seed: bytes = b""


class Package(ABC):
    """One provider package, for example hcloud."""

    name: str
    host = Host()  # the servicer gives each package its own

    def warn(self, call: Call, message: str) -> None:
        """Shows a warning beside the resource."""
        self.host.warn(call.urn, message)

    def configure(self, _variables: Properties) -> None:
        """Takes the provider's configuration; secrets are unwrapped."""
        return

    def diff_config(self, call: Call) -> Diff:
        """Differences of the provider's own configuration: none replaces."""
        return compare(call.old_inputs, call.inputs, replacing=(), ignored=call.ignored)

    def check(self, call: Call) -> Properties:
        """Inputs with defaults; CheckFailedError lists all that is wrong."""
        return call.inputs

    @abstractmethod
    def diff(self, call: Call) -> Diff:
        """What changed and what that means."""

    @abstractmethod
    def create(self, call: Call) -> tuple[str, Properties]:
        """Id and outputs; in a preview, what is computed is UNKNOWN."""

    @abstractmethod
    def read(self, call: Call) -> tuple[str, Properties, Properties]:
        """Id (empty if it is gone), outputs and inputs of an existing resource."""

    @abstractmethod
    def update(self, call: Call) -> Properties:
        """Outputs after an update in place."""

    @abstractmethod
    def delete(self, call: Call) -> None:
        """Deletes; what is gone already is no error."""

    def failed(self, _operation: str, _call: Call, error: Exception) -> Exception:
        """What the engine is told of a call that failed: the error, or an InitFailedError with what is saved."""
        return error

    def invoke(self, function: str, _arguments: Properties) -> dict[str, Any]:
        """A data source's answer."""
        raise PluginError(f"the lab's {self.name} provider has no function {function}")

    def secret_outputs(self, _type: str) -> frozenset[str]:
        """Outputs of that type that are always secret."""
        return frozenset()
