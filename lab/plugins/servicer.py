"""One package behind Pulumi's ResourceProvider protocol."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from lab.paths import full_disk_hint
from lab.plugins import diffing
from lab.plugins.engine_log import EngineLog
from lab.plugins.faults import Faults, InjectedError
from lab.plugins.journal import Journal
from lab.plugins.package import Call, CheckFailedError, InitFailedError, Package, PluginError
from lab.plugins.values import to_plain, to_struct

_VERSION = "99.0.0"  # above every pin, so that the engine does not warn of a version it did not ask for
_UNKNOWN = grpc.StatusCode.UNKNOWN
T = TypeVar("T")


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Unpacks requests, calls the package, packs answers; errors are one plain message."""

    def __init__(self, package: Package, journal: Journal, faults: Faults) -> None:
        self.package = package
        self.journal = journal
        self.faults = faults

    # The method names below are the protocol's.

    def Handshake(self, _request: Any, _context: grpc.ServicerContext) -> Any:  # noqa: ANN401, N802  generated types
        """Nothing to agree on."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def Attach(self, request: Any, _context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: ANN401, N802  as above
        """The engine found a provider that runs already, and says where it listens."""
        self.package.engine = EngineLog(request.address)
        return empty_pb2.Empty()

    def GetPluginInfo(self, _request: Any, _context: grpc.ServicerContext) -> Any:  # noqa: ANN401, N802  as above
        """The version."""
        return plugin_pb2.PluginInfo(version=_VERSION)

    def Cancel(self, _request: Any, _context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: ANN401, N802  as above
        """Calls that run finish by themselves."""
        return empty_pb2.Empty()

    def CheckConfig(self, request: Any, _context: grpc.ServicerContext) -> Any:  # noqa: ANN401, N802  as above
        """Provider configuration is taken as it is; secrets stay marked."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ANN401, N802  as above
        """Hands the configuration to the package."""
        variables, _ = to_plain(request.args)
        self._guard(context, lambda: self.package.configure(variables))
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ANN401, N802  as above
        """Validates inputs."""
        inputs, secrets = to_plain(request.news)
        old, old_secrets = to_plain(request.olds)
        call = _call(request, inputs=inputs, old_inputs=old, secrets=secrets | old_secrets, seed=request.randomSeed)
        try:
            checked = self._guard(context, lambda: self.package.check(call))
        except CheckFailedError as error:
            failures = [provider_pb2.CheckFailure(property=path, reason=reason) for path, reason in error.failures]
            return provider_pb2.CheckResponse(inputs=request.news, failures=failures)
        return provider_pb2.CheckResponse(inputs=to_struct(checked, secrets))

    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ANN401, N802  as above
        """Compares a resource's inputs."""
        return self._diff(request, context, self.package.diff)

    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ANN401, N802  as above
        """Compares the provider's own configuration."""
        return self._diff(request, context, self.package.diff_config)

    def _diff(self, request: Any, context: grpc.ServicerContext, compare: Callable[[Call], diffing.Diff]) -> Any:  # noqa: ANN401  as above
        inputs, _ = to_plain(request.news)
        old_inputs, _ = to_plain(request.old_inputs)
        olds, _ = to_plain(request.olds)
        ignored = tuple(request.ignoreChanges)
        call = _call(request, id=request.id, inputs=inputs, old_inputs=old_inputs, olds=olds, ignored=ignored)
        return _diff_response(self._guard(context, lambda: compare(call)))

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ANN401, N802  as above
        """Creates; a resource that was made but is not ready keeps its id and state."""
        inputs, secrets = to_plain(request.properties)
        call = _call(request, inputs=inputs, secrets=secrets, timeout=request.timeout, preview=request.preview)
        secrets |= self.package.secret_outputs(call.type)
        try:
            resource_id, outputs = self._do("create", call, context, lambda: self.package.create(call))
        except InitFailedError as error:
            _abort_partial(context, error, request.properties, to_struct(error.outputs, secrets))
        return provider_pb2.CreateResponse(id=resource_id, properties=to_struct(outputs, secrets))

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ANN401, N802  as above
        """Looks a resource up."""
        olds, secrets = to_plain(request.properties)
        old_inputs, input_secrets = to_plain(request.inputs)
        call = _call(request, id=request.id, olds=olds, old_inputs=old_inputs, secrets=secrets | input_secrets)
        found, outputs, inputs = self._do("read", call, context, lambda: self.package.read(call))
        secrets = call.secrets | self.package.secret_outputs(call.type)
        if not found:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=found, properties=to_struct(outputs, secrets), inputs=to_struct(inputs, secrets)
        )

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ANN401, N802  as above
        """Updates in place."""
        inputs, secrets = to_plain(request.news)
        olds, _ = to_plain(request.olds)
        old_inputs, _ = to_plain(request.old_inputs)
        call = _call(
            request,
            id=request.id,
            inputs=inputs,
            olds=olds,
            old_inputs=old_inputs,
            secrets=secrets,
            ignored=tuple(request.ignoreChanges),
            timeout=request.timeout,
            preview=request.preview,
        )
        secrets |= self.package.secret_outputs(call.type)
        try:
            outputs = self._do("update", call, context, lambda: self.package.update(call))
        except InitFailedError as error:
            _abort_partial(context, error, request.news, to_struct(error.outputs, secrets))
        return provider_pb2.UpdateResponse(properties=to_struct(outputs, secrets))

    def Delete(self, request: Any, context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: ANN401, N802  as above
        """Deletes."""
        olds, _ = to_plain(request.properties)
        call = _call(request, id=request.id, olds=olds, timeout=request.timeout)
        self._do("delete", call, context, lambda: self.package.delete(call))
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ANN401, N802  as above
        """Answers a data source."""
        arguments, _ = to_plain(request.args)

        def ask() -> dict[str, Any]:
            self.faults.strike("invoke", request.tok, after=False)
            return self.package.invoke(request.tok, arguments)

        answer = self._guard(context, ask)
        return provider_pb2.InvokeResponse(**{"return": to_struct(answer)})

    def _do(self, operation: str, call: Call, context: grpc.ServicerContext, action: Callable[[], T]) -> T:
        """Runs one operation between the faults that may strike before and after it."""
        self.journal.add(operation, call.type, call.name, preview=call.preview)

        def run() -> T:
            if call.preview:
                return action()
            self.faults.strike(operation, call.urn, after=False)
            done = action()
            self.faults.strike(operation, call.urn, after=True)
            return done

        return self._guard(context, run)

    def _guard(self, context: grpc.ServicerContext, action: Callable[[], T]) -> T:
        """Turns a package's errors into gRPC's; a bug of the lab shows its type, too."""
        try:
            return action()
        except (CheckFailedError, InitFailedError):
            raise
        except (PluginError, InjectedError) as error:
            _abort(context, str(error))
        except OSError as error:
            hint = f". {full_disk_hint()}" if error.errno == errno.ENOSPC else ""
            _abort(context, f"the lab's {self.package.name} provider: {error}{hint}")
        except Exception as error:  # noqa: BLE001  the engine needs an answer whatever broke
            _abort(context, f"the lab's {self.package.name} provider broke: {type(error).__name__}: {error}")


def _call(request: Any, **values: Any) -> Call:  # noqa: ANN401  generated types
    name = request.name or request.urn.rsplit("::", 1)[-1]
    type_ = request.type or request.urn.split("::")[2].rsplit("$", 1)[-1]
    return Call(urn=request.urn, type=type_, name=name, **values)


def _abort(context: grpc.ServicerContext, message: str) -> NoReturn:
    context.abort(_UNKNOWN, message)
    raise AssertionError(message)  # abort never returns; the checker does not know


def _abort_partial(
    context: grpc.ServicerContext, error: InitFailedError, inputs: struct_pb2.Struct, outputs: struct_pb2.Struct
) -> NoReturn:
    # status_pb2 is Pulumi's own copy: google.rpc's would register the same symbols twice.
    status = status_pb2.Status(code=_UNKNOWN.value[0], message=str(error))
    detail = provider_pb2.ErrorResourceInitFailed(
        id=error.resource_id, properties=outputs, inputs=inputs, reasons=error.reasons
    )
    status.details.add().Pack(detail)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    _abort(context, str(error))


def _diff_response(diff: diffing.Diff) -> Any:  # noqa: ANN401  generated types
    kinds = provider_pb2.PropertyDiff
    detailed = {
        path: provider_pb2.PropertyDiff(
            kind=getattr(kinds, f"{kind}_REPLACE" if path in diff.replaces else kind), inputDiff=True
        )
        for path, kind in diff.changes.items()
    }
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if diff.changes else provider_pb2.DiffResponse.DIFF_NONE,
        replaces=sorted({_top(path) for path in diff.replaces}),
        diffs=sorted({_top(path) for path in diff.changes}),
        detailedDiff=detailed,
        hasDetailedDiff=True,
        deleteBeforeReplace=diff.delete_before_replace,
    )


def _top(path: str) -> str:
    return path.split(".", 1)[0].split("[", 1)[0]
