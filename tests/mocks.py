"""Runs the program under Pulumi's mocks and keeps every request with its options."""

import asyncio
import json

import pulumi
import pulumi.runtime
from google.protobuf import empty_pb2, json_format
from pulumi.runtime import mocks, rpc
from pulumi.runtime.mocks import MockMonitor

from tests.offers import EVERYTHING

COMPUTED = {
    "hcloud:index/primaryIp:PrimaryIp": {"ipAddress": "198.51.100.7"},
    "hcloud:index/server:Server": {"ipv4Address": "198.51.100.7"},
    "hcloud:index/volume:Volume": {"linuxDevice": "/dev/disk/by-id/scsi-0HC_Volume_1"},
    "hcloud:index/serverNetwork:ServerNetwork": {"ip": "10.20.1.2"},
    "digitalocean:index/reservedIp:ReservedIp": {"ipAddress": "198.51.100.7"},
    "digitalocean:index/droplet:Droplet": {"ipv4Address": "198.51.100.8", "ipv4AddressPrivate": "10.64.7.2"},
    "vultr:index/reservedIp:ReservedIp": {"subnet": "198.51.100.7", "subnetSize": 32},
    "vultr:index/instance:Instance": {"mainIp": "198.51.100.7", "internalIp": "10.64.7.3"},
    "vultr:index/blockStorage:BlockStorage": {"mountId": "ewr-2f5d7a"},
    "random:index/randomPassword:RandomPassword": {"result": "generated-password"},
    "tls:index/privateKey:PrivateKey": {
        "privateKeyOpenssh": "PRIVATE",
        "publicKeyOpenssh": "ssh-ed25519 AAAA\n",
    },
    "command:remote:Command": {"stdout": "server: https://127.0.0.1:6443", "stderr": ""},
}

# The look-up of an existing deployment: the function of each provider, and the key of its answer.
LOOK_UPS = {
    "hcloud:index/getServers:getServers": "servers",
    "digitalocean:index/getDroplets:getDroplets": "droplets",
    "vultr:index/getInstances:getInstances": "instances",
}


class Mocks(pulumi.runtime.Mocks):
    """What providers would compute; in previews it is unknown."""

    def __init__(self, *, preview, stack, state, found, offers):
        self.preview, self.stack, self.state, self.found, self.offers = preview, stack, state, found, offers
        self.calls = []
        self.asked = []

    def new_resource(self, args):
        outputs = dict(args.inputs)
        for key, value in COMPUTED.get(args.typ, {}).items():
            outputs[key] = rpc.UNKNOWN if self.preview else value
        if args.typ.startswith("kubernetes:"):
            metadata = dict(outputs.get("metadata") or {})
            metadata.setdefault("name", f"{args.name}-autonamed")
            outputs["metadata"] = metadata
        # Ids of the emulated cloud are numbers in text.
        return ["" if self.preview else "4711", outputs]

    def call(self, args):
        if args.token in LOOK_UPS:
            self.calls.append((args.token, args.args))
            if isinstance(self.found, str):
                return {}, [("", self.found)]
            return {LOOK_UPS[args.token]: self.found, "id": "looked-up"}
        if args.token in self.offers.tokens:
            self.asked.append((args.token, args.args))
            return self.offers.answer(args.token, args.args)
        assert args.token == "pulumi:pulumi:readStackResourceOutputs", f"no call expected: {args.token}"
        assert args.args == {"stackName": f"org/stagecoach/{self.stack}"}
        return {"name": args.args["stackName"], "outputs": self.state}


class Recorder(MockMonitor):
    """Keeps requests by logical name, and the stack's outputs."""

    def __init__(self, mocks):
        super().__init__(mocks)
        self.requests = {}
        self.stack_outputs = {}
        self.component_outputs = set()
        self._registered = set()

    def RegisterResource(self, request):  # noqa: N802  gRPC's name
        key = request.type, request.name, request.parent
        # The engine refuses a second resource of one URN, the mocks would keep the last one.
        assert key not in self._registered, f"registered twice: {key}"
        self._registered.add(key)
        self.requests[request.name] = request
        return super().RegisterResource(request)

    def RegisterResourceOutputs(self, request):  # noqa: N802  gRPC's name
        if "::pulumi:pulumi:Stack::" in request.urn:  # a child's type chain begins with it, too
            self.stack_outputs = json_format.MessageToDict(request.outputs)
        self.component_outputs.add(request.urn.rsplit("::", 1)[-1])
        return super().RegisterResourceOutputs(request)

    def inputs(self, name):
        """A resource's inputs in the provider's spelling; secrets unwrapped."""
        return unwrap(json_format.MessageToDict(self.requests[name].object))

    def of_type(self, type_):
        """Names of resources of a type."""
        return [name for name, request in self.requests.items() if request.type == type_]

    def kubernetes(self):
        """Every Kubernetes object as a manifest."""
        return {
            name: self.inputs(name) for name, request in self.requests.items() if request.type.startswith("kubernetes:")
        }


def unwrap(value):
    """Without the engine's secret marks; whole numbers as int."""
    if isinstance(value, dict):
        if rpc._special_sig_key in value:
            return unwrap(value["value"])
        return {key: unwrap(one) for key, one in value.items()}
    if isinstance(value, list):
        return [unwrap(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def graph(  # noqa: PLR0913  a test gives one or two of them
    program, *, preview=False, stack="stage1", config=None, state=None, found=(), offers=EVERYTHING
):
    """One run of `program`; config values as a stack file has them, `state` is what the stack has already.

    `found` is what the provider has when it is asked for servers of the deployment, or the words of its error;
    `offers` what it sells.
    """
    answers = found if isinstance(found, str) else list(found)
    recorder = Recorder(Mocks(preview=preview, stack=stack, state=state or {}, found=answers, offers=offers))
    features = set(recorder.GetDeploymentInfo(empty_pb2.Empty()).supportedFeatures)
    settings = mocks.MockSettings(
        monitor=recorder,
        engine=mocks.MockEngine(None),
        project="stagecoach",
        stack=stack,
        dry_run=preview,
        organization="org",
        callbacks=None,
        monitor_features=features,
    )
    text = {key: value if isinstance(value, str) else json.dumps(value) for key, value in (config or {}).items()}

    async def run():
        mocks.configure(settings)
        mocks.SETTINGS.outputs = set()  # leftovers of the run before
        await pulumi.runtime.run_in_stack(program)

    pulumi.runtime.set_all_config(text, [])
    asyncio.run(run())
    return recorder
