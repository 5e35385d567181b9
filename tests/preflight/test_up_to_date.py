"""The state against the provider, before anything is planned."""

import pulumi
import pytest

from infra.errors import RefusedError
from infra.names import CELERY_SERVER_RESOURCE, SERVER_RESOURCE, VOLUME_RESOURCE
from infra.program.quiet_commands import COMMAND
from tests.graphs import run
from tests.mocks import graph
from tests.plans import REGIONS
from tests.preflight.test_existing import answer
from tests.preflight.test_saved import DROPLET, INSTANCE, SERVER, STORAGE, part
from tests.programs import CONFIG, program

KINDS = {
    "hetzner": ("hcloud:index/server:Server", SERVER, "serverType", "cx33"),
    "digitalocean": ("digitalocean:index/droplet:Droplet", DROPLET, "size", "s-4vcpu-8gb"),
    "vultr": ("vultr:index/instance:Instance", INSTANCE, "plan", "vc2-4c-8gb"),
}
NAMES = {"hetzner": "name", "digitalocean": "name", "vultr": "label"}
STACK = "urn:pulumi:stage1::stagecoach::pulumi:pulumi:Stack::stagecoach-stage1"
FOUND = "the state is not what the provider has; nothing was touched"


def saved(provider, *, size=None, last="", celery=None):
    """A state whose server has that size; `last` is what an update said that ended well."""
    kind, outputs, key, _ = KINDS[provider]
    outputs = {**outputs, "region": REGIONS[provider], "location": REGIONS[provider]}
    outputs |= {"labels": {"stagecoach-deployment": "shop"}} if provider == "hetzner" else {}
    made = part(kind, SERVER_RESOURCE, outputs | ({key: size} if size else {}))
    if celery:
        named = {NAMES[provider]: "shop-celery-1", key: celery}
        made |= part(kind, CELERY_SERVER_RESOURCE, {**outputs, **named})
    if provider == "vultr":
        made |= part("vultr:index/blockStorage:BlockStorage", VOLUME_RESOURCE, STORAGE)
    if last:
        made[STACK] = {"type": "pulumi:pulumi:Stack", "outputs": {"stage": 1, "instance_type": last}}
    return made


def up(provider, state, *, found, volume=None, preview=False):
    values = {"provider": provider, "region": REGIONS[provider], "stage": 1}
    config = {**CONFIG, **{f"stagecoach:{key}": value for key, value in values.items()}}
    return graph(program, config=config, state=state, found=found, volume=volume, preview=preview)


def refusal(*arguments, **more):
    with pytest.raises(RefusedError) as refused:
        up(*arguments, **more)
    return str(refused.value)


@pytest.fixture
def warnings(monkeypatch):
    said = []
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    return said


@pytest.mark.parametrize("provider", KINDS)
class TestSizes:
    def test_the_same(self, provider):
        assert SERVER_RESOURCE in up(provider, saved(provider), found=[answer(provider)]).requests

    @pytest.mark.parametrize("preview", [False, True])
    def test_a_resize_that_failed(self, provider, preview):
        """The state says what was planned: without the refusal, the next stage's pods would go to the old server."""
        planned = KINDS[provider][3]
        said = refusal(provider, saved(provider, size=planned), found=[answer(provider)], preview=preview)
        live = answer(provider)[KINDS[provider][2]]
        assert FOUND in said
        assert f"server shop = {live}: the state says {planned}: a resize failed, or was done by hand" in said
        assert "Run `pulumi refresh --yes --skip-preview --target '**::server-server' -s stage1`" in said

    def test_a_celery_server_that_was_not_resized(self, provider):
        """They hold pods as well; asked for together with the server."""
        key, planned = KINDS[provider][2:]
        celery = {**answer(provider, role="celery"), NAMES[provider]: "shop-celery-1"}
        found = [answer(provider), celery]
        said = refusal(provider, saved(provider, celery=planned), found=found)
        assert f"server shop-celery-1 = {celery[key]}: the state says {planned}" in said
        assert "'**::celery-servers-1-server'" in said
        assert "server shop = " not in said

    def test_a_server_that_is_gone_is_another_matter(self, provider, warnings):
        """Said, with the page; refused, somebody who took the label away could not update the app any more."""
        assert SERVER_RESOURCE in up(provider, saved(provider), found=[]).requests
        [said] = [one for one in warnings if "no server shop " in one]
        assert said.startswith(
            f"{provider} has no server shop with this deployment's label, although the state has one"
        )
        assert "docs/how-to/lost-server.md" in said

    def test_a_celery_server_that_is_gone(self, provider, warnings):
        """The state has it, so no update would notice."""
        live = answer(provider)[KINDS[provider][2]]
        up(provider, saved(provider, celery=live), found=[answer(provider)])
        [said] = [one for one in warnings if "has no server" in one]
        assert "no server shop-celery-1 " in said
        assert "docs/how-to/celery-servers.md#one-is-lost" in said

    def test_the_third_one_is_asked_for_by_its_number(self, provider):
        """All that a smaller count left where its update failed; Vultr is asked for names."""
        kind, outputs, key, planned = KINDS[provider]
        third = part(kind, "celery-servers-3-server", {**outputs, NAMES[provider]: "shop-celery-3", key: planned})
        made = up(provider, saved(provider) | third, found=[answer(provider)])
        if provider == "vultr":
            [(_, asked)] = made.mocks.calls
            assert "shop-celery-3" in asked["filters"][0]["values"]

    def test_servers_that_are_there_are_not_talked_of(self, provider, warnings):
        up(provider, saved(provider), found=[answer(provider)])
        assert [one for one in warnings if "has no server" in one] == []

    def test_one_of_two_deployments_of_one_name(self, provider):
        """stagecoach:allow_second: the one that fits is ours."""
        other = {**answer(provider), KINDS[provider][2]: KINDS[provider][3]}
        assert SERVER_RESOURCE in up(provider, saved(provider), found=[other, answer(provider)]).requests

    def test_a_provider_that_cannot_be_asked_does_not_stop_an_app(self, provider):
        """Where the last update ended well: an outage of its API is no reason to keep a fix from the shop."""
        live = answer(provider)[KINDS[provider][2]]
        assert SERVER_RESOURCE in up(provider, saved(provider, last=live), found="503: try again later").requests

    def test_but_it_does_after_an_update_that_failed(self, provider):
        live, planned = answer(provider)[KINDS[provider][2]], KINDS[provider][3]
        said = refusal(provider, saved(provider, size=planned, last=live), found="503: try again later")
        assert "the last update did not end well, and the provider could not be asked what shop is now" in said
        assert "503: try again later" in said

    @pytest.mark.parametrize("resized", [True, False])
    def test_nor_after_a_celery_server_was_not_resized(self, provider, resized):
        """The command that waits for it still has the type from before: with the new one its resize succeeded."""
        live, planned = answer(provider)[KINDS[provider][2]], KINDS[provider][3]
        script = run(5, provider).inputs("celery-answers-1")["create"]
        assert f" {planned}'" in script
        ran = {"type": COMMAND, "outputs": {"create": script if resized else script.replace(planned, live)}}
        state = saved(provider, last=live, celery=planned) | {f"{STACK.rpartition('::')[0]}::celery-answers-1": ran}
        if resized:
            assert SERVER_RESOURCE in up(provider, state, found="503: try again later").requests
        else:
            said = refusal(provider, state, found="503: try again later")
            assert "could not be asked what shop-celery-1 is now" in said


class TestVolume:
    """At Vultr, where the volume itself says to which server it belongs."""

    def test_attached(self):
        found = [answer("vultr")]
        made = up("vultr", saved("vultr"), found=found, volume="4711")
        assert made.inputs(VOLUME_RESOURCE)["label"] == "shop"

    def test_without_a_server(self):
        """The state says attached (terraform-provider-vultr#660): no later update would mend it."""
        said = refusal("vultr", saved("vultr"), found=[answer("vultr")], volume="")
        assert "the data volume = shop: the state says that the server has it, but it belongs to none" in said
        assert "'**::server-data'" in said

    def test_an_update_that_never_reached_it(self):
        """The state has the label that was planned, the provider the old one, and the server no volume."""
        planned = {**STORAGE, "label": "shop-data"}
        state = saved("vultr") | part("vultr:index/blockStorage:BlockStorage", VOLUME_RESOURCE, planned)
        said = refusal("vultr", state, found=[answer("vultr")], volume={"shop": ""})
        assert "the data volume = shop: the state says that the server has it, but it belongs to none" in said
        up("vultr", state, found=[answer("vultr")], volume={"shop": "4711"})
        up("vultr", state, found=[answer("vultr")], volume={})

    def test_all_at_once(self):
        said = refusal("vultr", saved("vultr", size="vc2-4c-8gb"), found=[answer("vultr")], volume="")
        assert "'**::server-data'" in said
        assert "'**::server-server'" in said
