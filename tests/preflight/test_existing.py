"""A stack without a server asks the provider before it builds one."""

import pytest

from infra.errors import RefusedError
from infra.names import SERVER_RESOURCE
from tests.mocks import graph
from tests.plans import REGIONS
from tests.preflight.test_recorded import state
from tests.programs import CONFIG, program

PROVIDERS = ("hetzner", "digitalocean", "vultr")
CALLS = {
    "hetzner": ("hcloud:index/getServers:getServers", {"withSelector": "stagecoach-deployment=shop"}),
    "digitalocean": (
        "digitalocean:index/getDroplets:getDroplets",
        {"filters": [{"key": "tags", "values": ["stagecoach-deployment:shop"]}]},
    ),
    "vultr": ("vultr:index/getInstances:getInstances", {"filters": [{"name": "label", "values": ["shop"]}]}),
}
TOKENS = {
    "hetzner": ("HCLOUD_TOKEN", "hcloud:token"),
    "digitalocean": ("DIGITALOCEAN_TOKEN", "digitalocean:token"),
    "vultr": ("VULTR_API_KEY", "vultr:apiKey"),
}
IMPORTS = {
    "hetzner": ("hcloud:index/server:Server", "HetznerServer"),
    "digitalocean": ("digitalocean:index/droplet:Droplet", "DigitalOceanServer"),
    "vultr": ("vultr:index/instance:Instance", "VultrServer"),
}


def answer(provider, *, role=None, deployment="shop"):
    """A server as the provider lists it."""
    labels = {"stagecoach-deployment": deployment} | ({"stagecoach-role": role} if role else {})
    tags = [f"{key}:{value}" for key, value in labels.items()]
    return {
        "hetzner": {"id": 4711, "name": "shop", "serverType": "cx23", "location": "fsn1", "labels": labels},
        "digitalocean": {"id": 4711, "name": "shop", "size": "s-2vcpu-4gb", "region": "lon1", "tags": tags},
        "vultr": {"id": "4711", "label": "shop", "plan": "vc2-2c-4gb", "region": "ewr", "tags": tags},
    }[provider]


def up(provider, *, stack="stage2", found=(), preview=False, **config):
    """The first update of a stack."""
    values = {"provider": provider, "region": REGIONS[provider], "stage": 2, **config}
    more = {f"stagecoach:{key}": value for key, value in values.items()}
    return graph(program, stack=stack, config={**CONFIG, **more}, found=found, preview=preview)


def refusal(*arguments, **more):
    with pytest.raises(RefusedError) as refused:
        up(*arguments, **more)
    return str(refused.value)


@pytest.mark.parametrize("provider", PROVIDERS)
class TestLookUp:
    def test_asks_once_and_builds(self, provider):
        """Nothing carries the label: the first update goes on."""
        made = up(provider)
        assert made.mocks.calls == [CALLS[provider]]
        assert SERVER_RESOURCE in made.requests

    @pytest.mark.parametrize("preview", [False, True])
    def test_refuses_a_second_shop(self, provider, preview):
        """Named with its id, so that it is found in the console; in the preview of a pull request, too."""
        text = refusal(provider, found=[answer(provider)], preview=preview)
        assert "this stack would build a second, empty deployment" in text
        assert "stagecoach:name = shop: server shop (4711, " in text

    def test_names_the_commands_of_the_rename(self, provider):
        """For this stack, in their order."""
        text = refusal(provider, found=[answer(provider)])
        commands = [line.strip() for line in text.splitlines() if line.startswith("      ")]
        assert commands[:5] == [
            'only=$(mktemp -d) && cp Pulumi.yaml "$only"',
            'pulumi -C "$only" stack rm stage2 --yes',
            'pulumi -C "$only" stack rename stage2 -s OTHER_STACK',
            "pulumi preview -s stage2 --diff",
            "pulumi up -s stage2",
        ]

    def test_names_the_import_after_a_killed_update(self, provider):
        """The server was made, but its id never reached the state."""
        kind, component = IMPORTS[provider]
        urn = f"urn:pulumi:stage2::stagecoach::stagecoach:server:{component}::server"
        command = f"pulumi import {kind} server-server 4711 -s stage2 --generate-code=false --parent 'server={urn}'"
        assert command in refusal(provider, found=[answer(provider)])

    def test_the_urn_is_the_programs(self, provider):
        """The import's parent is where the program registers the server."""
        request = up(provider).requests[SERVER_RESOURCE]
        kind, component = IMPORTS[provider]
        # The mocks write the stack's type into the URN of what hangs below it, the engine does not.
        parent = request.parent.replace("pulumi:pulumi:Stack$", "")
        assert request.type == kind
        assert parent == f"urn:pulumi:stage2::stagecoach::stagecoach:server:{component}::server"

    def test_celery_servers_do_not_count(self, provider):
        """They hold no data, and a smaller count deletes them."""
        found = [answer(provider, role="celery")]
        if provider == "vultr":  # asked for by label: a Celery server's has a number, so it is never listed
            found = []
        assert SERVER_RESOURCE in up(provider, found=found).requests

    def test_allow_second(self, provider):
        """For people who mean it: nothing is asked."""
        made = up(provider, found=[answer(provider)], allow_second=True)
        assert made.mocks.calls == []

    def test_a_look_up_that_fails(self, provider):
        """No token, a token of another project, an outage: refused in one line that names the token."""
        variable, key = TOKENS[provider]
        text = refusal(provider, found="401: unable to authenticate\nyou (unauthorized)")
        assert "the provider could not be asked for an existing deployment" in text
        assert "401: unable to authenticate you (unauthorized)" in text
        assert f"Set {variable}, or `pulumi config set --secret {key}`" in text
        assert len(text.splitlines()) == 2


class TestWhoIsAsked:
    def test_a_running_stack_is_no_second_shop(self):
        """Its state has the server that the provider has: the way of every update but the first."""
        config = {**CONFIG, "stagecoach:stage": 1}
        made = graph(program, config=config, state=state(), found=[{**answer("hetzner"), "serverType": "cx33"}])
        assert SERVER_RESOURCE in made.requests

    def test_a_namesake_at_vultr(self):
        """Somebody's instance has the label, but not our tag."""
        assert SERVER_RESOURCE in up("vultr", found=[answer("vultr", deployment="other")]).requests

    def test_a_plan_that_is_refused_asks_nobody(self):
        """What needs no token comes first."""
        text = refusal("hetzner", found="no token", instance_type="cx23", stage=4)
        assert "stage 4 is refused" in text
