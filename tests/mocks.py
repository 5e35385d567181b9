"""Runs the program under Pulumi's mocks, with a past and a provider that answers."""

import json

from infra.render.mocks import COMPUTED, Mocks, Place, run_under_mocks
from tests.offers import EVERYTHING

# The look-up of an existing deployment: the function of each provider, and the key of its answer.
LOOK_UPS = {
    "hcloud:index/getServers:getServers": "servers",
    "digitalocean:index/getDroplets:getDroplets": "droplets",
    "vultr:index/getInstances:getInstances": "instances",
}


class Answers(Mocks):
    """The stack's state and the provider's servers; secrets that a test can look for."""

    computed = COMPUTED | {
        "random:index/randomPassword:RandomPassword": {"result": "generated-password"},
        "tls:index/privateKey:PrivateKey": {
            "privateKeyOpenssh": "PRIVATE",
            "publicKeyOpenssh": "ssh-ed25519 AAAA\n",
        },
    }

    def __init__(self, *, preview, stack, state, found, offers, volume=None):
        super().__init__(preview=preview)
        self.stack, self.state, self.found, self.offers, self.volume = stack, state, found, offers, volume
        self.calls = []
        self.asked = []

    def call(self, args):
        if args.token in LOOK_UPS:
            self.calls.append((args.token, args.args))
            if isinstance(self.found, str):
                return {}, [("", self.found)]
            return {LOOK_UPS[args.token]: self.found, "id": "looked-up"}
        if args.token == "vultr:index/getBlockStorage:getBlockStorage":
            volumes = self.volume if isinstance(self.volume, dict) else dict.fromkeys(self._labels(args), self.volume)
            held = [volumes[label] for label in self._labels(args) if volumes.get(label) is not None]
            if not held:
                return {}, [("", "no results were found")]
            return {"attachedToInstance": held[0], "id": "looked-up"}
        if args.token in self.offers.tokens:
            self.asked.append((args.token, args.args))
            return self.offers.answer(args.token, args.args)
        assert args.token == "pulumi:pulumi:readStackResourceOutputs", f"no call expected: {args.token}"
        assert args.args == {"stackName": f"org/stagecoach/{self.stack}"}
        return {"name": args.args["stackName"], "outputs": self.state}

    @staticmethod
    def _labels(args):
        return args.args["filters"][0]["values"]


def graph(  # noqa: PLR0913  a test gives one or two of them
    program, *, preview=False, stack="stage1", config=None, state=None, found=(), offers=EVERYTHING, volume=None
):
    """One run of `program`; config values as a stack file has them, `state` is what the stack has already.

    `found` is what the provider has when it is asked for servers of the deployment, or the words of its error;
    `offers` what it sells; `volume` the instance that Vultr's volume belongs to, None where there is no volume, or the
    instance by the volume's label.
    """
    servers = found if isinstance(found, str) else list(found)
    answers = Answers(preview=preview, stack=stack, state=state or {}, found=servers, offers=offers, volume=volume)
    text = {key: value if isinstance(value, str) else json.dumps(value) for key, value in (config or {}).items()}
    return run_under_mocks(program, answers, Place(stack=stack), text)
