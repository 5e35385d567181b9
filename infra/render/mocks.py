"""Run a program under Pulumi's mocks, and keep every request with its options; `render` and the tests use it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import pulumi
import pulumi.runtime
from google.protobuf import empty_pb2, json_format
from pulumi.runtime import mocks, rpc, settings
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs

from infra.clouds import CLOUDS
from infra.stack_file.reader.secrecy import SECRET_KEYS

SECRET = "[secret]"  # noqa: S105  stands for values that only a real update generates
# Values that a provider would compute. The addresses are reserved for documentation (RFC 5737), so that nobody takes
# them for real ones.
COMPUTED: Mapping[str, Mapping[str, Any]] = {
    **{kind: outputs for cloud in CLOUDS.values() for kind, outputs in cloud.examples.items()},
    "random:index/randomPassword:RandomPassword": {"result": SECRET},
    "tls:index/privateKey:PrivateKey": {"privateKeyOpenssh": SECRET, "publicKeyOpenssh": "ssh-ed25519 AAAA\n"},
    "command:remote:Command": {"stdout": "server: https://127.0.0.1:6443", "stderr": ""},
}


class Mocks(pulumi.runtime.Mocks):
    """Answer with values that providers would compute; in previews they are unknown."""

    computed = COMPUTED

    def __init__(self, *, preview: bool = False) -> None:
        self.preview = preview
        self.names: dict[str, str] = {}  # names of Kubernetes objects, by logical name

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """Return the resource's id, and its inputs with the computed values added."""
        outputs = dict(args.inputs)
        for key, value in self.computed.get(args.typ, {}).items():
            outputs[key] = rpc.UNKNOWN if self.preview else value
        if args.typ.startswith("kubernetes:"):
            metadata = dict(outputs.get("metadata") or {})
            metadata.setdefault("name", self.autonamed(args))
            self.names[args.name] = metadata["name"]
            outputs["metadata"] = metadata
        # The simulated cloud's ids are numbers, written as text.
        return "" if self.preview else "4711", outputs

    def autonamed(self, args: MockResourceArgs) -> str:
        """Return the name of an object whose name the engine chooses."""
        return f"{args.name}-autonamed"

    def call(self, args: MockCallArgs) -> Any:  # noqa: ANN401  the base's signature
        """Fail: the program would take an empty answer for a provider that has nothing."""
        raise LookupError(f"no call expected: {args.token}")


class Recorder(MockMonitor):
    """Keep the requests by logical name, and the stack's outputs."""

    def __init__(self, answers: Mocks) -> None:
        super().__init__(answers)
        self.names = answers.names
        self.requests: dict[str, Any] = {}
        self.stack_outputs: dict[str, Any] = {}
        self.component_outputs: set[str] = set()
        self._registered: set[tuple[str, str, str]] = set()

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802, ANN401  gRPC's name and message
        """Keep a request; refuse a second resource with the same URN, as the engine does.

        The mocks alone would silently keep the last one.
        """
        key = request.type, request.name, request.parent
        if key in self._registered:
            raise ValueError(f"registered twice: {key}")
        self._registered.add(key)
        self.requests[request.name] = request
        return cast(Any, super()).RegisterResource(request)  # untyped, like all of the SDK's mocks

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802, ANN401  gRPC's name and message
        """Keep the outputs of the stack, and the names of the components that have registered theirs."""
        if "::pulumi:pulumi:Stack::" in request.urn:  # a child's type chain begins with it as well
            self.stack_outputs = json_format.MessageToDict(request.outputs)
        self.component_outputs.add(request.urn.rsplit("::", 1)[-1])
        return cast(Any, super()).RegisterResourceOutputs(request)

    def inputs(self, name: str) -> dict[str, Any]:
        """Return a resource's inputs in the provider's spelling, with secrets unwrapped."""
        made: dict[str, Any] = unwrap(json_format.MessageToDict(self.requests[name].object))
        return made

    def of_type(self, type_: str) -> list[str]:
        """Return the logical names of all resources of a type."""
        return [name for name, request in self.requests.items() if request.type == type_]

    def kubernetes(self) -> dict[str, dict[str, Any]]:
        """Return every Kubernetes object as a manifest; autonamed ones have no name."""
        return {
            name: self.inputs(name) for name, request in self.requests.items() if request.type.startswith("kubernetes:")
        }

    def named_objects(self) -> list[dict[str, Any]]:
        """Return the same manifests, with the names that the mocks gave."""
        return [
            {**manifest, "metadata": {**manifest.get("metadata", {}), "name": self.names[name]}}
            for name, manifest in self.kubernetes().items()
        ]


def unwrap(value: Any) -> Any:  # noqa: ANN401  any JSON
    """Remove the engine's secret marks from a value, and turn whole numbers into int."""
    if isinstance(value, dict):
        if rpc._special_sig_key in value:  # noqa: SLF001  the SDK has no public name for it
            return unwrap(value["value"])
        return {key: unwrap(one) for key, one in value.items()}
    if isinstance(value, list):
        return [unwrap(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


@dataclass(frozen=True, kw_only=True)
class Place:
    """Say where the program believes it is running."""

    stack: str = "stage1"
    organization: str = "org"


def run_under_mocks(
    program: Callable[[], None], answers: Mocks, place: Place, config: Mapping[str, str] | None = None
) -> Recorder:
    """Run a program once and return the recorder.

    Args:
        program: the program.
        answers: answers its requests.
        place: the stack and organization that it sees.
        config: values by key, as texts, as the engine passes them.
    """
    recorder = Recorder(answers)
    sdk = cast(Any, mocks)
    made = sdk.MockSettings(
        monitor=recorder,
        engine=sdk.MockEngine(None),
        project="stagecoach",
        stack=place.stack,
        dry_run=answers.preview,
        organization=place.organization,
        callbacks=None,
        monitor_features=set(cast(Any, recorder).GetDeploymentInfo(empty_pb2.Empty()).supportedFeatures),
    )

    async def run() -> None:
        settings.configure(made)
        settings.SETTINGS.outputs = set()  # the run before may have left some
        await pulumi.runtime.run_in_stack(program)

    # The program refuses these keys unless they are encrypted.
    secret = [key for key in config or {} if key.rpartition(":")[2] in SECRET_KEYS]
    pulumi.runtime.set_all_config(dict(config or {}), secret)
    asyncio.run(run())
    return recorder
