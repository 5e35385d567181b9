"""Pulumi's language host for ``runtime: python``, for machines that have no vendor's host beside the CLI.

Started by the engine as ``pulumi-language-python <engine address>``; prints its port and serves LanguageRuntime.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

WAIT = "--wait"  # run_program.py's option
RUNNER = Path(__file__).with_name("run_program.py")
BAIL = 32  # the program's exit code for "the message was shown already"
_LOOK = 0.5  # seconds between two looks for the engine
_MESSAGE_LIMIT = 400 << 20  # bytes; the engine's own limit for large states
_CHILDREN: set[subprocess.Popen[bytes]] = set()


class Host(language_pb2_grpc.LanguageRuntimeServicer):
    """The calls that the CLI makes for a Python project."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        # It loads the SDKs while the engine reads the state: half a second of the first run.
        self._waiting: subprocess.Popen[bytes] | None = _start([sys.executable, "-u", str(RUNNER), WAIT])

    def Handshake(  # noqa: N802  the method names are gRPC's
        self, request: language_pb2.LanguageHandshakeRequest, _context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        """The engine says where it listens."""
        self.engine = request.engine_address or self.engine
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, _request: empty_pb2.Empty, _context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:  # noqa: N802  gRPC's name
        """This host's version."""
        return plugin_pb2.PluginInfo(version="0.1.0")

    def GetRequiredPackages(  # noqa: N802  gRPC's name
        self, _request: language_pb2.GetRequiredPackagesRequest, _context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        """None: the lab's provider server is named by PULUMI_DEBUG_PROVIDERS, nothing is to be downloaded."""
        return language_pb2.GetRequiredPackagesResponse()

    def GetRequiredPlugins(  # noqa: N802  gRPC's name
        self, _request: language_pb2.GetRequiredPluginsRequest, _context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPluginsResponse:
        """None, as above."""
        return language_pb2.GetRequiredPluginsResponse()

    def About(self, request: language_pb2.AboutRequest, _context: grpc.ServicerContext) -> language_pb2.AboutResponse:  # noqa: N802  gRPC's name
        """What `pulumi about` shows."""
        python, environment = _python(request.info)
        code = "import sys; print(sys.executable); print(sys.version.split()[0])"
        lines = _output([python, "-c", code], environment).splitlines()
        executable, version = [*lines, "", ""][:2]
        return language_pb2.AboutResponse(executable=executable, version=version, metadata={"host": "stagecoach"})

    def GetProgramDependencies(  # noqa: N802  gRPC's name
        self, request: language_pb2.GetProgramDependenciesRequest, _context: grpc.ServicerContext
    ) -> language_pb2.GetProgramDependenciesResponse:
        """What pip lists in the project's environment."""
        python, environment = _python(request.info)
        listed = json.loads(_output([python, "-m", "pip", "list", "--format", "json"], environment) or "[]")
        rows = [language_pb2.DependencyInfo(name=row["name"], version=row["version"]) for row in listed]
        return language_pb2.GetProgramDependenciesResponse(dependencies=rows)

    def InstallDependencies(  # noqa: N802  gRPC's name
        self, _request: language_pb2.InstallDependenciesRequest, _context: grpc.ServicerContext
    ) -> Iterator[language_pb2.InstallDependenciesResponse]:
        """Nothing: the Makefile keeps the environment."""
        yield language_pb2.InstallDependenciesResponse(stdout=b"dependencies are installed by `make`\n")

    def Run(self, request: language_pb2.RunRequest, context: grpc.ServicerContext) -> language_pb2.RunResponse:  # noqa: N802  gRPC's name
        """Runs the program to its end."""
        try:
            python, environment = _python(request.info)
        except FileNotFoundError as error:
            return language_pb2.RunResponse(error=str(error))
        child = self._runner(python)
        context.add_callback(lambda: _terminate(child))
        given = {"environment": {**environment, **_program_environment(request, self.engine)}}
        child.communicate(json.dumps({**given, "folder": request.info.program_directory}).encode())
        code = child.wait()
        _CHILDREN.discard(child)
        if code == BAIL:
            return language_pb2.RunResponse(bail=True)
        return language_pb2.RunResponse(error=f"the program exited with code {code}" if code else "")

    def _runner(self, python: str) -> subprocess.Popen[bytes]:
        """A process that runs one program: the one that waits, if it is of the same environment."""
        waiting, self._waiting = self._waiting, None
        if waiting and waiting.poll() is None:
            if Path(python).parent.resolve() == Path(sys.executable).parent.resolve():
                return waiting
            _terminate(waiting)
        return _start([python, "-u", str(RUNNER)])

    def Cancel(self, _request: empty_pb2.Empty, _context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: N802  gRPC's name
        """Ends a running program."""
        _stop_children()
        return empty_pb2.Empty()


def _python(info: language_pb2.ProgramInfo) -> tuple[str, dict[str, str]]:
    """The interpreter and environment that ``runtime.options.virtualenv`` names; FileNotFoundError without it."""
    environment = dict(os.environ)
    named = info.options.fields["virtualenv"].string_value if "virtualenv" in info.options.fields else ""
    if not named:
        return sys.executable, environment
    folder = Path(info.root_directory, named)
    python = folder / "bin" / "python"
    if not python.exists():
        message = f"virtualenv {folder} has no bin/python: run `make setup`"
        raise FileNotFoundError(message)
    environment["VIRTUAL_ENV"] = str(folder)
    environment["PATH"] = f"{folder / 'bin'}{os.pathsep}{environment.get('PATH', '')}"
    return str(python), environment


def _program_environment(request: language_pb2.RunRequest, engine: str) -> dict[str, str]:
    """What run_program.py reads; config values go by the environment as with the vendor's host."""
    entry = Path(request.info.program_directory, request.info.entry_point)
    settings = {
        "monitor": request.monitor_address,
        "engine": engine,
        "project": request.project,
        "stack": request.stack,
        "organization": request.organization,
        "root_directory": request.info.root_directory,
        "dry_run": request.dryRun,
        "parallel": request.parallel,
        "program": str(entry),
    }
    return {
        "STAGECOACH_RUN": json.dumps(settings),
        "PULUMI_CONFIG": json.dumps(dict(request.config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
    }


def _output(command: list[str], environment: dict[str, str]) -> str:
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60).stdout


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    """It reads from its input what to run."""
    child = subprocess.Popen(command, stdin=subprocess.PIPE)
    _CHILDREN.add(child)
    return child


def _terminate(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()


def _stop_children() -> None:
    for child in list(_CHILDREN):
        _terminate(child)


def main() -> None:
    """Serves until the engine ends this process."""
    engine = next((argument for argument in reversed(sys.argv[1:]) if not argument.startswith("-")), "")
    options = [("grpc.max_receive_message_length", _MESSAGE_LIMIT)]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8), options=options)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(Host(engine), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()

    def stop(*_signal: object) -> None:
        _stop_children()
        os._exit(0)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    # A killed engine says nothing; what it left running would go on for ever.
    engine_process = os.getppid()
    while os.getppid() == engine_process:
        server.wait_for_termination(timeout=_LOOK)
    stop()


if __name__ == "__main__":
    main()
