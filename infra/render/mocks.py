"""Runs a program under Pulumi's mocks and keeps every request with its options; `render` and the tests use it."""

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

SECRET = "[secret]"  # noqa: S105  stands for what only a real update generates
# What a provider would compute. The addresses are documentation's (RFC 5737), so that nobody takes them for real ones.
COMPUTED: Mapping[str, Mapping[str, Any]] = {
    **{kind: outputs for cloud in CLOUDS.values() for kind, outputs in cloud.examples.items()},
    "random:index/randomPassword:RandomPassword": {"result": SECRET},
    "tls:index/privateKey:PrivateKey": {"privateKeyOpenssh": SECRET, "publicKeyOpenssh": "ssh-ed25519 AAAA\n"},
    "command:remote:Command": {"stdout": "server: https://127.0.0.1:6443", "stderr": ""},
}


class Mocks(pulumi.runtime.Mocks):
    """What providers would compute; in previews it is unknown."""

    computed = COMPUTED

    def __init__(self, *, preview: bool = False) -> None:
        self.preview = preview
        self.names: dict[str, str] = {}  # of Kubernetes objects, by logical name

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """Inputs, and what is computed on top."""
        outputs = dict(args.inputs)
        for key, value in self.computed.get(args.typ, {}).items():
            outputs[key] = rpc.UNKNOWN if self.preview else value
        if args.typ.startswith("kubernetes:"):
            metadata = dict(outputs.get("metadata") or {})
            metadata.setdefault("name", self.autonamed(args))
            self.names[args.name] = metadata["name"]
            outputs["metadata"] = metadata
        # Ids of the emulated cloud are numbers in text.
        return "" if self.preview else "4711", outputs

    def autonamed(self, args: MockResourceArgs) -> str:
        """The name of an object that leaves it to the engine."""
        return f"{args.name}-autonamed"

    def call(self, args: MockCallArgs) -> Any:  # noqa: ANN401  as the base has it
        """An empty answer would be taken for a provider that has nothing."""
        raise LookupError(f"no call expected: {args.token}")


class Recorder(MockMonitor):
    """Keeps requests by logical name, and the stack's outputs."""

    def __init__(self, answers: Mocks) -> None:
        super().__init__(answers)
        self.names = answers.names
        self.requests: dict[str, Any] = {}
        self.stack_outputs: dict[str, Any] = {}
        self.component_outputs: set[str] = set()
        self._registered: set[tuple[str, str, str]] = set()

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802, ANN401  gRPC's name and message
        """As the engine, which refuses a second resource of one URN; the mocks alone would keep the last one."""
        key = request.type, request.name, request.parent
        if key in self._registered:
            raise ValueError(f"registered twice: {key}")
        self._registered.add(key)
        self.requests[request.name] = request
        return cast(Any, super()).RegisterResource(request)  # untyped, as all of the SDK's mocks

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802, ANN401  gRPC's name and message
        """Of the stack and of components."""
        if "::pulumi:pulumi:Stack::" in request.urn:  # a child's type chain begins with it, too
            self.stack_outputs = json_format.MessageToDict(request.outputs)
        self.component_outputs.add(request.urn.rsplit("::", 1)[-1])
        return cast(Any, super()).RegisterResourceOutputs(request)

    def inputs(self, name: str) -> dict[str, Any]:
        """A resource's inputs in the provider's spelling; secrets unwrapped."""
        made: dict[str, Any] = unwrap(json_format.MessageToDict(self.requests[name].object))
        return made

    def of_type(self, type_: str) -> list[str]:
        """Names of resources of a type."""
        return [name for name, request in self.requests.items() if request.type == type_]

    def kubernetes(self) -> dict[str, dict[str, Any]]:
        """Every Kubernetes object as a manifest; one that is autonamed has no name."""
        return {
            name: self.inputs(name) for name, request in self.requests.items() if request.type.startswith("kubernetes:")
        }

    def named_objects(self) -> list[dict[str, Any]]:
        """The same with the names that the mocks gave."""
        return [
            {**manifest, "metadata": {**manifest.get("metadata", {}), "name": self.names[name]}}
            for name, manifest in self.kubernetes().items()
        ]


def unwrap(value: Any) -> Any:  # noqa: ANN401  any JSON
    """Without the engine's secret marks; whole numbers as int."""
    if isinstance(value, dict):
        if rpc._special_sig_key in value:  # noqa: SLF001  the SDK has no public name for it
            return unwrap(value["value"])
        return {key: unwrap(one) for key, one in value.items()}
    if isinstance(value, list):
        return [unwrap(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


@dataclass(frozen=True, kw_only=True)
class Place:
    """What the program believes where it runs."""

    stack: str = "stage1"
    organization: str = "org"


def run_under_mocks(
    program: Callable[[], None], answers: Mocks, place: Place, config: Mapping[str, str] | None = None
) -> Recorder:
    """One run of `program`; config values are texts, as the engine hands them over."""
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
        settings.SETTINGS.outputs = set()  # leftovers of the run before
        await pulumi.runtime.run_in_stack(program)

    secret = [key for key in config or {} if key.rpartition(":")[2] in SECRET_KEYS]  # encrypted, as they have to be
    pulumi.runtime.set_all_config(dict(config or {}), secret)
    asyncio.run(run())
    return recorder
